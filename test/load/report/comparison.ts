import { readFile } from 'node:fs/promises'
import { Result } from '../result.ts'

/** A figure beside the baseline's: `ratio` is now / then. */
export interface Ratio {
  name: string
  unit: 'ms' | '/s' | '%'
  then: number | null
  now: number | null
  /** null where one of the two is missing or the baseline's is 0. */
  ratio: number | null
}

/** Reads a result that --save kept. @throws Error naming the file and what is wrong with it */
export async function readBaseline(file: string): Promise<Result> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`--baseline: ${file} cannot be read (${error.code})`)
  })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new Error(`--baseline: ${file}: expected JSON that --save wrote`)
  }
  const { data, error } = Result.safeParse(json)
  if (data) return data
  const { path, message } = error.issues[0]
  throw new Error(`--baseline: ${file}: ${path.join('.') || 'it'}: ${message}`)
}

/** What keeps two runs from being compared: they asked for other things, or at another rate. */
export function differences(
  baseline: Result,
  now: Pick<Result, 'profile' | 'planned' | 'scale' | 'spacing' | 'model'> & { names: readonly string[] },
): string[] {
  const pairs: [string, string, string][] = [
    ['profile', baseline.profile, now.profile],
    ['seconds', String(baseline.planned), String(now.planned)],
    ['scale', String(baseline.scale), String(now.scale)],
    ['spacing', baseline.spacing, now.spacing],
    ['model', baseline.model, now.model],
    ['mix', baseline.entries.map(entry => entry.name).join(','), now.names.join(',')],
  ]
  return pairs
    .filter(([, then, here]) => then !== here)
    .map(([name, then, here]) => `${name}: the baseline has ${then}, this run ${here}`)
}

/** Sets a run beside its baseline. */
export function compare(baseline: Result, now: Result): Ratio[] {
  const percent = (result: Result) => (100 * result.failed) / Math.max(1, result.requests)
  const row = (name: string, unit: Ratio['unit'], then: number | null, here: number | null): Ratio => ({
    name,
    unit,
    then,
    now: here,
    ratio: then === null || here === null || then === 0 ? null : here / then,
  })
  const quantiles = ['p50', 'p90', 'p99', 'p999', 'max'] as const
  return [
    ...quantiles.map(key => row(nameOf(key), 'ms', baseline.latency[key], now.latency[key])),
    row('throughput', '/s', baseline.throughput, now.throughput),
    row('failed', '%', percent(baseline), percent(now)),
    ...now.entries.map(entry => {
      const then = baseline.entries.find(each => each.name === entry.name)
      return row(`${entry.name} p50`, 'ms', then?.latency.p50 ?? null, entry.latency.p50)
    }),
  ]
}

/** p99.9 rather than p999. */
export const nameOf = (key: string) => (key === 'p999' ? 'p99.9' : key)

import { readJsonFile } from '../read-json-file.ts'
import { LoadResult, QUANTILES } from './result.ts'

/** A figure of a run and of its baseline; `ratio` is now / then. */
export interface Ratio {
  name: string
  unit: 'ms' | '/s' | '%'
  then: number | null
  now: number | null
  /** null where one of the two is missing or the baseline's is 0. */
  ratio: number | null
}

/** Reads a result that --save wrote. @throws Error naming the file and what is wrong with it */
export function readBaseline(file: string): Promise<LoadResult> {
  return readJsonFile('--baseline', file, LoadResult)
}

/** Reasons why two runs cannot be compared: they sent other requests, or at another rate. */
export function incomparable(
  baseline: LoadResult,
  now: Pick<LoadResult, 'profile' | 'planned' | 'scale' | 'spacing' | 'scenario'> & {
    names: readonly string[]
  },
): string[] {
  const pairs: [string, string, string][] = [
    ['profile', baseline.profile, now.profile],
    ['seconds', String(baseline.planned), String(now.planned)],
    ['scale', String(baseline.scale), String(now.scale)],
    ['spacing', baseline.spacing, now.spacing],
    ['scenario', baseline.scenario, now.scenario],
    ['requests', baseline.kinds.map(kind => kind.name).join(','), now.names.join(',')],
  ]
  return pairs
    .filter(([, then, here]) => then !== here)
    .map(([name, then, here]) => `${name}: the baseline has ${then}, this run ${here}`)
}

/** Ratios of a run's figures to its baseline's. */
export function compare(baseline: LoadResult, now: LoadResult): Ratio[] {
  const percent = (result: LoadResult) => (100 * result.failed) / Math.max(1, result.requests)
  const row = (name: string, unit: Ratio['unit'], then: number | null, here: number | null): Ratio => ({
    name,
    unit,
    then,
    now: here,
    ratio: then === null || here === null || then === 0 ? null : here / then,
  })
  return [
    ...QUANTILES.map(key => row(nameOf(key), 'ms', baseline.latency[key], now.latency[key])),
    row('throughput', '/s', baseline.throughput, now.throughput),
    row('failed', '%', percent(baseline), percent(now)),
    ...now.kinds.map(kind => {
      const then = baseline.kinds.find(each => each.name === kind.name)
      return row(`${kind.name} p50`, 'ms', then?.latency.p50 ?? null, kind.latency.p50)
    }),
  ]
}

/** Display name of a figure: p99.9 for p999. */
export const nameOf = (key: string) => (key === 'p999' ? 'p99.9' : key)

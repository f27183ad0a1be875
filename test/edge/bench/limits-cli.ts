import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command, Option } from 'commander'
import { fuzzInputs } from './limits-fuzz.ts'
import { INPUTS, MODEL } from './limits-inputs.ts'
import { type Cost, type LimitsServer, MOST_CPU, startLimitsServer } from './limits-server.ts'

/*
 * Measures the cost of the most expensive requests that the limits allow: the CPU time of a Node server for each of a
 * list
 * of pathological inputs and for some thousand made from its OpenAPI description. It also measures the latency of one
 * client while another uses its whole rate limit.
 */
const program = new Command('npm run bench:limits --')
  .description(
    'Measure the CPU time of pathological requests, and fairness between clients, on Node. With --before an older ' +
      'checkout is measured with the same requests.',
  )
  .option('--before <folder>', 'another checkout whose server is measured too, first')
  .option('--seconds <number>', 'seconds of the fairness run', Number, 20)
  .addOption(
    new Option('--only <part>', 'known inputs, generated ones, or fairness').choices([
      'known',
      'fuzz',
      'fairness',
    ]),
  )
const { before, seconds, only } = program
  .parse()
  .opts<{ before?: string; seconds: number; only?: 'known' | 'fuzz' | 'fairness' }>()
const isMeasured = (part: typeof only) => only === undefined || only === part

/** Number of generated requests that are listed, those with the most CPU time. */
const LISTED = 8

/** One answer of the client that does not use its whole rate. */
interface Wait {
  ms: number
  /**
   * Answers that the other client got meanwhile: a measure of the wait that other load on the machine does not change.
   */
  others: number
}

interface Result {
  known: Cost[]
  /** Generated requests, the most expensive first. */
  worst: Cost[]
  tried: number
  waits: Wait[]
}

async function measure(root: string): Promise<Result> {
  const server = await startLimitsServer(root)
  try {
    // Loads the models, and lets V8 compile the parsers.
    for (let i = 0; i < 20; i++) {
      await server.get(`10.1.0.${i}`, `${MODEL}/sample?n=64&seed=${i}&format=json`)
      await server.get(`10.1.1.${i}`, `${MODEL}/grid?size=8&range=${1 + i / 100}`)
    }
    const known: Cost[] = []
    if (isMeasured('known')) for (const input of INPUTS) known.push(show(await server.measure(input)))
    const costs: Cost[] = []
    if (isMeasured('fuzz')) {
      const { paths } = JSON.parse(await server.text('/openapi.json'))
      for (const input of fuzzInputs(paths, MODEL)) {
        const cost = await server.measure(input)
        if (cost.status === 'none' || cost.status >= 500 || cost.cpu > 500) show(cost)
        costs.push(cost)
      }
    }
    const worst = costs.toSorted((a, b) => b.cpu - a.cpu).slice(0, LISTED)
    const waits = isMeasured('fairness') ? await fairness(server) : []
    return { known, worst, tried: costs.length, waits }
  } finally {
    server.stop()
  }
}

function show(cost: Cost): Cost {
  console.log(`  ${describe(cost).padStart(16)}  ${cost.name}`)
  return cost
}

function describe({ status, cpu }: Cost): string {
  return status === 'none' ? `none in ${MOST_CPU / 1000} s` : `${status}, ${cpu.toFixed(0)} ms`
}

/** How long a client waits for sheets of 64 images while another client requests grids without pause. */
async function fairness(server: LimitsServer): Promise<Wait[]> {
  const end = performance.now() + seconds * 1000
  const waits: Wait[] = []
  let others = 0
  const greedy = Array.from({ length: 32 }, async (_, i) => {
    for (let k = 0; performance.now() < end; k++) {
      const target = `${MODEL}/grid?size=24&format=json&range=${1 + (i * 1000 + k) / 1e5}`
      const status = await server.get('192.0.2.1', target).catch(() => 429)
      if (status === 200) others++
      else await sleep(200)
    }
  })
  await sleep(500)
  for (let seed = 1; performance.now() < end; seed++) {
    const [from, before] = [performance.now(), others]
    await server.get(`192.0.2.${2 + (seed % 200)}`, `${MODEL}/sample?n=64&seed=${seed}&format=f32`)
    waits.push({ ms: performance.now() - from, others: others - before })
    await sleep(50)
  }
  await Promise.all(greedy)
  return waits
}

function percentile(values: readonly number[], share: number): string {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(0)
}

const results: [name: string, result: Result][] = []
for (const [name, root] of [
  ['before', before],
  ['now', path.resolve(import.meta.dirname, '../../..')],
]) {
  if (root === undefined) continue
  console.log(`${name}: ${root}`)
  results.push([name as string, await measure(root)])
}
if (isMeasured('known'))
  console.table(
    INPUTS.map(({ name }, i) => ({
      input: name,
      ...Object.fromEntries(results.map(([when, { known }]) => [when, describe(known[i])])),
    })),
  )
for (const [name, { worst, tried, waits }] of results) {
  if (tried > 0) {
    console.log(`\n${name}: the most expensive of ${tried} made requests`)
    for (const cost of worst) {
      const perByte = (1e6 * cost.cpu) / cost.sent
      console.log(
        `  ${describe(cost).padStart(16)}, ${perByte.toFixed(0).padStart(7)} ns a byte  ${cost.name}`,
      )
    }
  }
  if (waits.length === 0) continue
  const ms = waits.map(wait => wait.ms)
  const others = waits.map(wait => wait.others)
  console.log(
    `${name}: another client's sheet of 64 images: ${waits.length} answers, p50 ${percentile(ms, 0.5)} ms, p99 ` +
      `${percentile(ms, 0.99)} ms; answers of the first client meanwhile: p50 ${percentile(others, 0.5)}, p99 ` +
      percentile(others, 0.99),
  )
}

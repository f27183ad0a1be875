import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { fuzzInputs } from './limits-fuzz.ts'
import { INPUTS, MODEL } from './limits-inputs.ts'
import { type Cost, type LimitsServer, MOST_CPU, startLimitsServer } from './limits-server.ts'

/*
 * Measures the cost of the most expensive requests within the limits: the CPU time of a Node server for each of a list of
 * pathological inputs and for some thousand that are made from its OpenAPI description, and the latency of one client
 * while another uses its whole rate limit.
 */
const program = new Command('npm run bench:limits --')
  .description(
    'Measure the CPU time of pathological requests, and fairness between clients, on Node. With --before an older ' +
      'checkout is measured with the same requests.',
  )
  .option('--before <folder>', 'another checkout whose server is measured too, first')
  .option('--seconds <number>', 'seconds of the fairness run', Number, 20)
  .option('--no-fuzz', 'only the list of known inputs')
const { before, seconds, fuzz } = program.parse().opts<{ before?: string; seconds: number; fuzz: boolean }>()

/** Requests of the most CPU time that are listed of a fuzz. */
const LISTED = 8

interface Result {
  known: Cost[]
  /** Of the fuzz, the most expensive first. */
  worst: Cost[]
  tried: number
  /** Latencies in ascending order, ms. */
  latencies: number[]
}

async function measure(root: string): Promise<Result> {
  const server = await startLimitsServer(root)
  try {
    // Loads the models, and has the parsers compiled.
    for (let i = 0; i < 20; i++) {
      await server.get(`10.1.0.${i}`, `${MODEL}/sample?n=64&seed=${i}&format=json`)
      await server.get(`10.1.1.${i}`, `${MODEL}/grid?size=8&range=${1 + i / 100}`)
    }
    const known: Cost[] = []
    for (const input of INPUTS) known.push(show(await server.measure(input)))
    const costs: Cost[] = []
    if (fuzz) {
      const { paths } = JSON.parse(await server.text('/openapi.json'))
      for (const input of fuzzInputs(paths, MODEL)) {
        const cost = await server.measure(input)
        if (cost.status === 'none' || cost.status >= 500 || cost.cpu > 500) show(cost)
        costs.push(cost)
      }
    }
    const worst = costs.toSorted((a, b) => b.cpu - a.cpu).slice(0, LISTED)
    return { known, worst, tried: costs.length, latencies: await fairness(server) }
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

/** Latencies of a client that requests sheets of 64 images while another requests grids without pause. */
async function fairness(server: LimitsServer): Promise<number[]> {
  const end = performance.now() + seconds * 1000
  const latencies: number[] = []
  const greedy = Array.from({ length: 32 }, async (_, i) => {
    for (let k = 0; performance.now() < end; k++) {
      const target = `${MODEL}/grid?size=24&format=json&range=${1 + (i * 1000 + k) / 1e5}`
      if ((await server.get('192.0.2.1', target).catch(() => 429)) === 429) await sleep(200)
    }
  })
  await sleep(500)
  for (let seed = 1; performance.now() < end; seed++) {
    const from = performance.now()
    await server.get(`192.0.2.${2 + (seed % 200)}`, `${MODEL}/sample?n=64&seed=${seed}&format=f32`)
    latencies.push(performance.now() - from)
    await sleep(50)
  }
  await Promise.all(greedy)
  return latencies.sort((a, b) => a - b)
}

function percentile(sorted: readonly number[], share: number): string {
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
console.table(
  INPUTS.map(({ name }, i) => ({
    input: name,
    ...Object.fromEntries(results.map(([when, { known }]) => [when, describe(known[i])])),
  })),
)
for (const [name, { worst, tried, latencies }] of results) {
  if (tried > 0) {
    console.log(`\n${name}: the most expensive of ${tried} made requests`)
    for (const cost of worst) {
      const perByte = (1e6 * cost.cpu) / cost.sent
      console.log(
        `  ${describe(cost).padStart(16)}, ${perByte.toFixed(0).padStart(7)} ns a byte  ${cost.name}`,
      )
    }
  }
  const [p50, p99] = [percentile(latencies, 0.5), percentile(latencies, 0.99)]
  console.log(
    `${name}: another client's sheet of 64 images: ${latencies.length} answers, p50 ${p50} ms, p99 ${p99} ms`,
  )
}

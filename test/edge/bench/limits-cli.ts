import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { encode } from 'fast-png'

/*
 * Measures the cost of the most expensive requests within the limits: the CPU time of a Node server for each of a list of
 * pathological inputs, and the latency of one client while another uses its whole rate limit.
 */
const program = new Command('npm run bench:limits --')
  .description('Measure the CPU time of pathological requests, and fairness between clients, on Node.')
  .option(
    '--root <folder>',
    'the checkout whose server is measured',
    path.resolve(import.meta.dirname, '../../..'),
  )
  .option('--seconds <number>', 'seconds of the fairness run', Number, 20)
const { root, seconds } = program.parse().opts<{ root: string; seconds: number }>()

const MODEL = '/v1/models/mnist-vae-l2-z2'
const json = (value: unknown) => ({ type: 'application/json', body: JSON.stringify(value) })
const base64 = (options: Parameters<typeof encode>[0]) => Buffer.from(encode(options)).toString('base64')
const deep = base64({
  width: 1024,
  height: 1024,
  channels: 4,
  depth: 16,
  data: new Uint16Array(4 * 1024 * 1024),
})
const small = base64({
  width: 256,
  height: 256,
  channels: 4,
  depth: 16,
  data: new Uint16Array(4 * 256 * 256),
})

const INPUTS: [name: string, path: string, post?: { type: string; body: string }][] = [
  ['a stop of 200,000 digits', '/interpolate', json({ stops: [`z:${'1'.repeat(200_000)}x`, 'seed:1'] })],
  ['64 PNGs of 1024×1024 RGBA, 16 bits', '/encode', json({ images: Array(64).fill(deep) })],
  ['4 PNGs of 1024×1024 RGBA, 16 bits (the most pixels)', '/encode', json({ images: Array(4).fill(deep) })],
  ['64 PNGs of 256×256 RGBA, 16 bits (the most pixels)', '/encode', json({ images: Array(64).fill(small) })],
  ['750,000 wrong numbers', '/encode', json({ images: [Array(750_000).fill(7)] })],
  ['500,000 texts for numbers', '/decode', json({ z: [Array(500_000).fill('0')] })],
  ['650,000 empty lists', '/decode', json({ z: Array(650_000).fill([]) })],
  [
    '150,000 unknown keys',
    '/decode',
    json(Object.fromEntries(Array.from({ length: 150_000 }, (_, i) => [`k${i}`, 0]))),
  ],
  [
    'a million nested lists',
    '/decode',
    { type: 'application/json', body: '['.repeat(1_000_000) + ']'.repeat(1_000_000) },
  ],
  ['2,700 unknown parameters', `/sample?${Array.from({ length: 2700 }, (_, i) => `k${i}=`).join('&')}`],
  ['8,000 semicolons in z', `/decode?z=${';'.repeat(8000)}`],
  ['a parameter of 8,000 digits', `/sample?n=${'1'.repeat(8000)}x`],
  ['an Accept of 8,000 ranges', '/sample?seed=1'],
  [
    'a form of 20,000 parts',
    '/encode',
    {
      type: 'multipart/form-data; boundary=b',
      body: `${'--b\r\nContent-Disposition: form-data; name=x\r\n\r\n\r\n'.repeat(20_000)}--b--\r\n`,
    },
  ],
  ['a base64 text of 2 MB that is no picture', '/encode', json({ images: ['A'.repeat(2_000_000)] })],
  ['256 latents as JSON', '/decode?format=json', json({ z: Array(256).fill([0.5, -1]) })],
  ['a grid of 24×24 as JSON', '/grid?size=24&format=json'],
  ['a grid of 24×24 as PNG', '/grid?size=24&scale=2'],
  ['128 frames as APNG', '/interpolate?from=seed:1&to=seed:2&steps=128&format=apng&scale=6'],
]

const server = spawn(process.execPath, ['edge/node/cli.ts'], {
  cwd: root,
  env: { ...process.env, PORT: '0', RATE: '600', TRUST_PROXY: '1', ACCESS_LOG: 'none', DRAIN_SECONDS: '0' },
  stdio: ['ignore', 'pipe', 'inherit'],
})
const [line] = (await once(server.stdout, 'data')) as [Buffer]
const url = /at (http:\S+)/.exec(line.toString())?.[1] ?? ''

/** CPU time of the server, milliseconds (proc(5): ticks of 10 ms). */
function cpu(): number {
  const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return 10 * (Number(fields[11]) + Number(fields[12]))
}

let client = 0
async function measure(name: string, target: string, post?: { type: string; body: string }) {
  const headers: Record<string, string> = { 'x-forwarded-for': `10.0.0.${++client}` }
  if (post) headers['content-type'] = post.type
  if (name.includes('Accept')) headers.accept = 'a/b;q=0.1,'.repeat(800)
  const before = cpu()
  const answer = await fetch(`${url}${MODEL}${target}`, {
    method: post ? 'POST' : 'GET',
    headers,
    body: post?.body,
    signal: AbortSignal.timeout(20_000),
  })
    .then(async response => ({
      status: response.status as number | string,
      bytes: (await response.arrayBuffer()).byteLength,
    }))
    .catch(error => ({ status: error.name as string, bytes: 0 }))
  await sleep(100)
  return {
    name,
    'sent bytes': post?.body.length ?? target.length,
    status: answer.status,
    'answer bytes': answer.bytes,
    'CPU ms': cpu() - before,
  }
}

/** Latencies of a client that requests sheets of 64 images while another requests grids without pause. */
async function fairness(): Promise<number[]> {
  const end = performance.now() + seconds * 1000
  const latencies: number[] = []
  const ask = async (from: string, target: string) => {
    const response = await fetch(`${url}${MODEL}${target}`, { headers: { 'x-forwarded-for': from } })
    await response.arrayBuffer()
    return response.status
  }
  const greedy = Array.from({ length: 32 }, async (_, i) => {
    for (let k = 0; performance.now() < end; k++) {
      const status = await ask('192.0.2.1', `/grid?size=24&format=json&range=${1 + (i * 1000 + k) / 1e5}`)
      if (status === 429) await sleep(200)
    }
  })
  await sleep(500)
  for (let seed = 1; performance.now() < end; seed++) {
    const from = performance.now()
    await ask(`192.0.2.${2 + (seed % 200)}`, `/sample?n=64&seed=${seed}&format=f32`)
    latencies.push(performance.now() - from)
    await sleep(50)
  }
  await Promise.all(greedy)
  return latencies.sort((a, b) => a - b)
}

await measure('warm up', '/sample?seed=1')
const rows = []
for (const [name, target, post] of INPUTS) {
  const row = await measure(name, target, post)
  rows.push(row)
  console.log(JSON.stringify(row))
  if (row.status === 'TimeoutError') break
}
console.table(rows)
if (rows.at(-1)?.status !== 'TimeoutError') {
  const latencies = await fairness()
  const at = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))].toFixed(0)
  console.log(
    `another client's sheet of 64 images: ${latencies.length} answers, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
  )
}
server.kill('SIGKILL')

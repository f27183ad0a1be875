import { rename } from 'node:fs/promises'
import { createConnection } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Target } from '../targets.ts'
import type { Memory } from './inspector.ts'

/** The model that most clients ask for. */
export const TRAINED = 'mnist-vae-l2-z2'
/** Models whose sessions together exceed the session cache, so that files are read again throughout the run. */
export const OTHER_MODELS = Array.from({ length: 10 }, (_, i) => `other-vae-l4-z${i + 2}`)

/** Results for one runtime. */
export interface Tally {
  answers: Record<string, number>
  /** Responses that differ from the first response to the same request, or that are invalid for any request. */
  wrong: string[]
  hangUps: number
  slow: number
  removed: number
  /** Longest time from the return of a file to the first successful response, milliseconds. */
  recovery: number
  /** Resident memory at intervals, MiB, after a garbage collection in every isolate of the process. */
  resident: number[]
  /** Memory in use at the same times, after the collection. */
  needed: Memory[]
  /** Memory in use then by isolates other than the API's, MiB: in workerd, Miniflare's simulators of assets and cache. */
  beside: number[]
}

/** What the clients of one runtime share. */
export interface Soak {
  target: Target
  tally: Tally
  /** The folder from which files are removed. */
  folder: string
  /** Models whose files are missing now or were restored a moment ago. */
  missing: Set<string>
  until: number
  /** The first response to each request, by the name of the request. */
  first: Map<string, string>
}

/** Sends requests of every kind repeatedly: each response must equal the first one to that request. */
export async function checkReplies(soak: Soak, client: number): Promise<void> {
  const digit = new Uint8Array(784).map((_, i) => (i * 37) % 256)
  const post = { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: digit }
  for (let turn = client; performance.now() < soak.until; turn++) {
    const k = (turn * 7) % 40
    const other = OTHER_MODELS[turn % OTHER_MODELS.length]
    const requests: [string, string, RequestInit?][] = [
      [TRAINED, `sample?n=${1 + (k % 16)}&seed=${k}`],
      [TRAINED, `sample?n=1&seed=${turn}&format=f32`],
      [TRAINED, `grid?size=${2 + (k % 10)}&format=npy`],
      [TRAINED, `interpolate?from=seed:${k}&to=class:${k % 10}&steps=8&format=apng`],
      [TRAINED, `interpolate?from=seed:${k}&to=seed:1&steps=4&format=sse`],
      [TRAINED, `reconstruct?format=json`, post],
      [other, `sample?n=2&seed=${k}&format=f32`],
      [other, `encode`, post],
      [TRAINED, `sample?n=${k}x`],
    ]
    const [model, query, init] = requests[turn % requests.length]
    await check(soak, model, query, init)
  }
}

async function check(soak: Soak, model: string, query: string, init?: RequestInit): Promise<void> {
  const { tally, first, missing } = soak
  const gone = missing.has(model)
  let response: Response
  let body: string
  try {
    response = await fetch(`${soak.target.url}/v1/models/${model}/${query}`, init)
    body = Buffer.from(await response.arrayBuffer()).toString('base64')
  } catch (error) {
    tally.wrong.push(`${model}/${query}: ${(error as Error).cause ?? error}`)
    return
  }
  tally.answers[response.status] = (tally.answers[response.status] ?? 0) + 1
  const name = `${model}/${query}`
  if (response.status === 503 && (gone || missing.has(model))) return
  const expected = query.endsWith('x') ? 400 : 200
  if (response.status !== expected) {
    tally.wrong.push(`${name}: ${response.status} ${Buffer.from(body, 'base64').toString().slice(0, 200)}`)
  } else if (first.has(name)) {
    if (first.get(name) !== body) tally.wrong.push(`${name}: not the answer it had before`)
  } else if (first.size < 4000) {
    first.set(name, body)
  }
}

/** Clients that abort: by fetch, and by closing the connection during the response. */
export async function hangUp(soak: Soak): Promise<void> {
  const { hostname, port } = new URL(soak.target.url)
  for (let turn = 0; performance.now() < soak.until; turn++) {
    const model = turn % 3 ? TRAINED : OTHER_MODELS[turn % OTHER_MODELS.length]
    const query =
      turn % 2 ? `grid?size=10&format=json&range=${1 + (turn % 50) / 10}` : `sample?n=64&seed=${turn}`
    if (turn % 4) {
      const leave = AbortSignal.timeout(1 + (turn % 25))
      await fetch(`${soak.target.url}/v1/models/${model}/${query}`, { signal: leave })
        .then(
          r => r.arrayBuffer(),
          () => {},
        )
        .catch(() => {})
    } else {
      const socket = createConnection(Number(port), hostname).on('error', () => {})
      socket.write(`GET /v1/models/${model}/${query} HTTP/1.1\r\nHost: x\r\n\r\n`)
      await sleep(turn % 30)
      socket.destroy()
    }
    soak.tally.hangUps++
    await sleep(400)
  }
}

/** Slow clients: some send one byte at a time, others do not read the response. */
export async function connectSlowly(soak: Soak): Promise<void> {
  const { hostname, port } = new URL(soak.target.url)
  while (performance.now() < soak.until) {
    const sockets = Array.from({ length: 12 }, () =>
      createConnection(Number(port), hostname).on('error', () => {}),
    )
    for (const [i, socket] of sockets.entries()) {
      if (i % 2)
        socket
          .pause()
          .write(
            `GET /v1/models/${TRAINED}/grid?size=16&format=json&range=${i + 1} HTTP/1.1\r\nHost: x\r\n\r\n`,
          )
      else
        socket.write(
          `POST /v1/models/${TRAINED}/encode HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 900\r\n\r\n`,
        )
    }
    for (let second = 0; second < 8 && performance.now() < soak.until; second++) {
      for (const [i, socket] of sockets.entries()) if (i % 2 === 0 && socket.writable) socket.write('x')
      await sleep(1000)
    }
    for (const socket of sockets) socket.destroy()
    soak.tally.slow += sockets.length
  }
}

/** Removes a model's decoder for a while, restores it, and waits until the model is served again. */
export async function removeFiles(soak: Soak): Promise<void> {
  for (let turn = 0; performance.now() < soak.until; turn++) {
    const id = OTHER_MODELS[turn % OTHER_MODELS.length]
    const file = path.join(soak.folder, id, 'decoder.onnx')
    soak.missing.add(id)
    await rename(file, `${file}.gone`)
    await sleep(4000)
    await rename(`${file}.gone`, file)
    soak.tally.removed++
    const from = performance.now()
    while ((await statusOf(soak, id)) !== 200 && performance.now() - from < 15_000) await sleep(50)
    soak.tally.recovery = Math.max(soak.tally.recovery, performance.now() - from)
    // A request that started while the file was missing may still be in flight.
    await sleep(1000)
    soak.missing.delete(id)
    await sleep(1000)
  }
}

/** The status of a new `sample` request for a model. */
export async function statusOf(soak: Soak, id: string): Promise<number> {
  const response = await fetch(
    `${soak.target.url}/v1/models/${id}/sample?seed=${Date.now() % 1e6}&format=f32`,
  )
  await response.arrayBuffer()
  return response.status
}

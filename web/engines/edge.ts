import { apiRoot, fetchBytes } from '../catalog/api.ts'
import type { Engine, Outputs } from './engine.ts'

/** Milliseconds between two requests, so that a drag stays below the API's limit a client and minute. */
const PACE = 125

/** The API at `api` as an engine, through its decode and encode endpoints. */
export function openEdge(api: string): Engine {
  const root = apiRoot(api)
  return {
    name: 'edge',
    pace: PACE,
    run(network, input, batch) {
      const url = `${root}models/${network.model}@${network.version}`
      return network.part === 'decoder' ? decode(url, input) : encode(url, input, batch)
    },
    close() {},
  }
}

async function decode(url: string, z: Float32Array): Promise<Outputs> {
  const bytes = await fetchBytes(`${url}/decode?format=f32`, {
    init: {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: z as Float32Array<ArrayBuffer>,
    },
  })
  return { xhat: new Float32Array(bytes.buffer) }
}

async function encode(url: string, x: Float32Array, batch: number): Promise<Outputs> {
  const size = x.length / batch
  const images = Array.from({ length: batch }, (_, i) => Array.from(x.subarray(i * size, (i + 1) * size)))
  const bytes = await fetchBytes(`${url}/encode?format=json`, {
    init: {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ images }),
    },
  })
  const answer = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
  const rows = Object.entries(answer).filter((entry): entry is [string, number[][]] =>
    ['mu', 'logvar', 'z'].includes(entry[0]),
  )
  return Object.fromEntries(rows.map(([name, values]) => [name, Float32Array.from(values.flat())]))
}

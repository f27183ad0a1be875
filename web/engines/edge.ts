import { splitRows } from '../../models/rows.ts'
import { apiRoot, fetchBytes } from '../catalog/api.ts'
import type { Engine, Outputs } from './engine.ts'

/**
 * Least time between two requests, in milliseconds, so that a drag stays below the API's limit per client and minute.
 */
const PACE = 125

/** The API at `api` as an engine, through its decode and encode endpoints. */
export function openEdge(api: string): Engine {
  const root = apiRoot(api)
  return {
    name: 'edge',
    pace: PACE,
    run(network, input, batch) {
      const url = `${root}models/${network.model}@${network.version}`
      const widths = network.mlp.inputs.map(({ features }) => features)
      const [values, y] = splitRows(input, widths)
      return network.part === 'decoder' ? decode(url, values, y, batch) : encode(url, values, y, batch)
    },
    close() {},
  }
}

async function decode(
  url: string,
  z: Float32Array,
  y: Float32Array | undefined,
  batch: number,
): Promise<Outputs> {
  const body = y ? { z: rowsOf(z, batch), y: rowsOf(y, batch) } : (z as Float32Array<ArrayBuffer>)
  const bytes = await post(`${url}/decode?format=f32`, body)
  return { xhat: new Float32Array(bytes.buffer) }
}

async function encode(
  url: string,
  x: Float32Array,
  y: Float32Array | undefined,
  batch: number,
): Promise<Outputs> {
  const shares = y ? `&y=${rowsOf(y, batch).join(';')}` : ''
  const bytes = await post(`${url}/encode?format=json${shares}`, { images: rowsOf(x, batch) })
  const answer = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
  const rows = Object.entries(answer).filter((entry): entry is [string, number[][]] =>
    ['mu', 'logvar', 'z'].includes(entry[0]),
  )
  return Object.fromEntries(rows.map(([name, values]) => [name, Float32Array.from(values.flat())]))
}

/** Posts numbers as they are, or an object as JSON. */
function post(url: string, body: Float32Array<ArrayBuffer> | object): Promise<Uint8Array<ArrayBuffer>> {
  const raw = body instanceof Float32Array
  return fetchBytes(url, {
    init: {
      method: 'POST',
      headers: { 'content-type': raw ? 'application/octet-stream' : 'application/json' },
      body: raw ? body : JSON.stringify(body),
    },
  })
}

function rowsOf(values: Float32Array, batch: number): number[][] {
  const width = values.length / batch
  return Array.from({ length: batch }, (_, i) => Array.from(values.subarray(i * width, (i + 1) * width)))
}

import type { Card } from '../../models/card.ts'
import { createRunner } from '../../models/onnx/plain-runtime.ts'
import { readMlp } from '../../models/onnx/read-mlp.ts'
import { bytesOf, jsonOf, pngOf, problemOf } from './read-answers.ts'
import { type Api, CONDITIONAL, TRAINED } from './servers.ts'

/** Points of a conditional model and their images, as JSON. */
export interface Decoded {
  z: number[][]
  y: number[][]
  xhat: number[][]
  seed?: number
}

/** Requests to the models of a server. */
export function modelRequests(api: () => Api) {
  const ask = (path: string, init?: RequestInit) => api().fetch(`/v1/models/${path}`, init)
  const decoded = async <T = Decoded>(path: string) => jsonOf<T>(await ask(`${path}&format=json`))
  const cardOf = async (id: string) => jsonOf<Card>(await ask(id))
  const refusal = async (path: string, init?: RequestInit) => {
    const { errors } = await problemOf(await ask(path, init))
    return errors?.[0]
  }
  /** One network of the conditional model in plain TypeScript: a row of (z, y) or (x, y) to its outputs. */
  const plain = async (part: 'encoder' | 'decoder') => {
    const run = createRunner(readMlp(await bytesOf(await ask(`${CONDITIONAL}/${part}.onnx`))))
    return (row: readonly number[]) => {
      const outputs = run(Float32Array.from(row), 1)
      return Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, Array.from(values)]))
    }
  }
  const post = (path: string, type: string, body: BodyInit) =>
    ask(path, { method: 'POST', headers: { 'content-type': type }, body })
  const json = (path: string, body: unknown) => post(path, 'application/json', JSON.stringify(body))

  /** A sample of the trained model: its grey levels, and its PNG. */
  async function digit(seed = 3) {
    const png = await bytesOf(await ask(`${TRAINED}/sample?seed=${seed}`))
    const { data } = await pngOf(new Response(png, { headers: { 'content-type': 'image/png' } }))
    return { png, levels: Uint8Array.from(data) }
  }
  return { ask, post, json, digit, decoded, cardOf, refusal, plain }
}

/** The `y` of one of ten classes. */
export const oneHot = (label: number) => Array.from({ length: 10 }, (_, k) => (k === label ? 1 : 0))

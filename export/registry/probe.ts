import type { Card } from '../../models/card.ts'
import type { Answer, Pair } from '../../models/registry/canary-trial.ts'

/** The inputs of pairs of requests. */
export interface ProbeOptions {
  /** The server's address, without a path. */
  server: string
  card: Card
  stable: string
  canary: string
  /** Test images [n, D_x], 0 … 255, and their number; undefined where there are none. */
  images: { pixels: Uint8Array; count: number } | undefined
  signal: AbortSignal
}

/** The losses of an image as the server answers them. JSON has no NaN: a number that is not finite comes as null. */
interface AnsweredLosses {
  bce: number | null
  mse: number | null
  l1: number | null
  /** Of a VAE. */
  kl?: number | null
}

/** Milliseconds after which a request counts as failed. */
const TIMEOUT = 10_000

/**
 * Sends one request twice, pinned to the stable version and to the canary, in an order drawn for each pair: a test image to
 * reconstruct, or a sample by the same seed. Both versions so meet the same work under the same load.
 *
 * @param n which pair: chooses the image and the seed
 * @throws Error when the server limits the rate of requests; any other failure, a loss that is not finite among them,
 * is part of the answer
 */
export async function probePair(options: ProbeOptions, n: number): Promise<Pair> {
  const first = Math.random() < 0.5 ? 'stable' : 'canary'
  const one = await send(options, options[first], n)
  const other = await send(options, options[first === 'stable' ? 'canary' : 'stable'], n)
  return first === 'stable' ? { stable: one, canary: other } : { stable: other, canary: one }
}

async function send(
  { server, card, images, signal }: ProbeOptions,
  version: string,
  n: number,
): Promise<Answer> {
  const root = server.endsWith('/') ? server : `${server}/`
  const base = `${root}v1/models/${card.id}@${version}`
  const image = images && imageOf(images, n)
  const url = image ? `${base}/reconstruct?format=json` : `${base}/sample?format=json&n=1&seed=${n}`
  const begun = performance.now()
  try {
    const response = await fetch(url, {
      ...(image && { method: 'POST', headers: { 'content-type': 'application/json' }, body: image }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
    })
    // 429 means that the watcher sends too many requests; it is no fault of the version. A proxy's body need not be JSON.
    if (response.status === 429) throw new Error(`${server} limits the rate of requests; use a lower --rate`)
    const reply = (await response.json()) as { images?: AnsweredLosses[] }
    const seconds = (performance.now() - begun) / 1000
    if (!response.ok) return { failed: true, seconds }
    const losses = image ? reply.images?.[0] : undefined
    if (!losses) return { failed: false, seconds }
    const loss = objectiveOf(card, losses)
    return Number.isFinite(loss) ? { failed: false, seconds, loss } : { failed: true, seconds }
  } catch (error) {
    if (signal.aborted || (error as Error).message.includes('limits the rate')) throw error
    return { failed: true, seconds: (performance.now() - begun) / 1000 }
  }
}

/** The n-th image, from the start again after the last, as a request's body. */
function imageOf({ pixels, count }: { pixels: Uint8Array; count: number }, n: number): string {
  const size = pixels.length / count
  const at = (n % count) * size
  const values = Array.from(pixels.subarray(at, at + size), byte => Number((byte / 255).toFixed(4)))
  return JSON.stringify({ images: [values] })
}

/** Nats per image, by the objective of the stable version; NaN where a loss is null, which arithmetic would take for 0. */
function objectiveOf({ objective, architecture }: Card, losses: AnsweredLosses): number {
  const { [objective.reconstruction]: reconstruction, kl = 0 } = losses
  return (reconstruction ?? Number.NaN) * architecture.inputDim + objective.beta * (kl ?? Number.NaN)
}

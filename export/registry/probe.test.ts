import { afterEach, expect, test, vi } from 'vitest'
import type { Card } from '../../models/card.ts'
import { probePair } from './probe.ts'

afterEach(() => vi.unstubAllGlobals())

const card = {
  id: 'some-model',
  objective: { reconstruction: 'bce', beta: 2 },
  architecture: { inputDim: 4 },
} as Card

/** Probes a stable version and a canary that the server answers as given. */
function probe(stable: () => Response, canary: () => Response) {
  vi.stubGlobal('fetch', async (url: string) => (url.includes('@canary') ? canary() : stable()))
  const images = { pixels: new Uint8Array(4), count: 1 }
  const { signal } = new AbortController()
  return probePair({ server: 'http://host', card, stable: 'stable', canary: 'canary', images, signal }, 0)
}

const answer = (losses: object) => () => Response.json({ images: [losses] })
const good = answer({ bce: 0.25, mse: 0.1, l1: 0.2, kl: 3 })

test('a probe computes the loss that the model was trained on, in nats per image', async () => {
  expect(await probe(good, answer({ bce: 0.5, mse: 0, l1: 0 }))).toMatchObject({
    stable: { failed: false, loss: 0.25 * 4 + 2 * 3 },
    canary: { failed: false, loss: 0.5 * 4 },
  })
})

test.each([
  ['reconstruction', { bce: Number.NaN, mse: 0.1, l1: 0.2, kl: 3 }],
  ['KL term', { bce: 0.25, mse: 0.1, l1: 0.2, kl: Number.NaN }],
])('a canary whose %s is not a number has failed', async (_, losses) => {
  const { stable, canary } = await probe(good, answer(losses))
  expect(stable).toMatchObject({ failed: false, loss: 7 })
  expect(canary).toMatchObject({ failed: true })
  expect(canary.loss).toBeUndefined()
})

test("a proxy's 429 ends the probe with advice, whatever its body; other replies that are not JSON are failures", async () => {
  const html = (status: number) => () => new Response('<html>', { status })
  await expect(probe(good, html(429))).rejects.toThrow('use a lower --rate')
  expect(await probe(good, html(502))).toMatchObject({ stable: { failed: false }, canary: { failed: true } })
})

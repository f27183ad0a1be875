import { decode } from 'fast-png'
import { build } from 'vite'
import { describe, expect, test } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { bytesOf, furthest, jsonOf, OWN_HEADERS } from './read-answers.ts'
import { type Api, CONDITIONAL, RUNTIMES, type RuntimeName, TRAINED } from './servers.ts'

const MODEL = `/v1/models/${TRAINED}`
const SEEDS = [0, 1, 7, 8, 12_345, 2 ** 31, 2 ** 32 - 1]

/** What must be equal on every runtime and in the browser. */
export function runtimesSuite(apis: () => Record<RuntimeName, Api>): void {
  const everywhere = async <T>(ask: (api: Api) => Promise<T>): Promise<T[]> => {
    const answers: T[] = []
    for (const place of RUNTIMES) answers.push(await ask(apis()[place]))
    return answers
  }

  describe('every runtime', () => {
    test('one seed gives the same z to the bit in every runtime and in the browser', async () => {
      const bits = async (api: Api) => {
        const found: string[] = []
        for (const seed of SEEDS) {
          const query = `n=8&seed=${seed}&temperature=1.3&format=json`
          const { z } = await jsonOf<{ z: number[][] }>(await api.fetch(`${MODEL}/sample?${query}`))
          found.push(toBits(z.flat()))
        }
        return found
      }
      const [first, ...others] = await everywhere(bits)
      for (const other of others) expect(other).toEqual(first)
      expect(await inBrowser(PRIOR_DRAWS, { seeds: SEEDS })).toEqual(first)
      expect(new Set(first).size).toBe(SEEDS.length)
    })
    test('write, samples by class and mixtures draw the same z to the bit in every runtime and in the browser', async () => {
      const paths = [
        'write?text=0123456789&',
        'sample?n=4&class=3&',
        'sample?n=16&',
        'sample?n=8&from=prior&',
      ]
      const bits = async (api: Api) => {
        const found: string[] = []
        for (const seed of SEEDS) {
          for (const path of paths) {
            const url = `/v1/models/${CONDITIONAL}/${path}seed=${seed}&format=json`
            const { z, y } = await jsonOf<{ z: number[][]; y: number[][] }>(await api.fetch(url))
            found.push(toBits(z.flatMap((row, i) => [...row, ...y[i]])))
          }
        }
        return found
      }
      const [first, ...others] = await everywhere(bits)
      for (const other of others) expect(other).toEqual(first)
      const card = await (await apis().node.fetch(`/v1/models/${CONDITIONAL}`)).json()
      expect(await inBrowser(DRAWS, { seeds: SEEDS, card })).toEqual(first)
    })
    test.each([
      'sample?n=64&seed=3',
      'sample?n=4&seed=5&class=8&scale=3&invert=true',
      'grid?size=10&range=3',
      'interpolate?from=seed:1&to=class:7&steps=12&path=slerp',
      'decode?z=0.5,-1.2;4,4',
    ])('pixels of %s differ by at most one level between runtimes', async path => {
      const pictures = await everywhere(async api =>
        decode(await bytesOf(await api.fetch(`${MODEL}/${path}`))),
      )
      for (const picture of pictures) {
        expect([picture.width, picture.height]).toEqual([pictures[0].width, pictures[0].height])
        expect(furthest(picture.data, pictures[0].data)).toBeLessThanOrEqual(1)
      }
    })
    test.each(['sample?seed=1', 'sample?n=0', 'nothing', 'encode', ''])(
      'status and headers of %s are the same in every runtime',
      async path => {
        const [first, ...others] = await everywhere(async api => {
          const response = await api.fetch(path === '' ? MODEL : `${MODEL}/${path}`)
          await response.arrayBuffer()
          const own = [...OWN_HEADERS, 'content-length', 'content-encoding', 'etag']
          return {
            status: response.status,
            headers: [...response.headers].filter(([name]) => !own.includes(name)),
          }
        })
        for (const other of others) expect(other).toEqual(first)
      },
    )
  })
}

function toBits(z: ArrayLike<number>): string {
  return Buffer.from(Float32Array.from(z).buffer).toString('hex')
}

const HEX = `
  const hex = points => [...new Uint8Array(points.buffer)].map(byte => byte.toString(16).padStart(2, '0')).join('')`

/** Draws from N(0, I), by the page's code. */
const PRIOR_DRAWS = `
  import { drawPrior } from '/models/latent/draws.ts'
  ${HEX}
  globalThis.run = ({ seeds }) => seeds.map(seed => hex(drawPrior({ mean: [0, 0], variance: [1, 1] }, 8, seed, 1.3)))`

/** The points of a text, of samples of a class, of any class and from the prior, by the page's code. */
const DRAWS = `
  import { drawSamples } from '/models/latent/draws.ts'
  import { locate } from '/models/latent/endpoints.ts'
  ${HEX}
  const write = (seed, card) => Float32Array.from(card.dataset.classes.flatMap((_, label) =>
    [...locate({ class: label, style: { seed } }, card)]))
  globalThis.run = ({ seeds, card }) => seeds.flatMap(seed => [
    write(seed, card),
    drawSamples(card, { n: 4, seed, class: 3 }),
    drawSamples(card, { n: 16, seed }),
    drawSamples(card, { n: 8, seed, from: 'prior' }),
  ].map(hex))`

/** Runs a module's `run` with an argument in Chromium. */
async function inBrowser(source: string, argument: unknown): Promise<string[]> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'entry',
        resolveId: id => (id === 'entry' ? id : null),
        load: id => (id === 'entry' ? source : null),
      },
    ],
    build: { write: false, rolldownOptions: { input: 'entry', output: { format: 'iife' } } },
  })
  const [{ output }] = [result].flat() as { output: { code?: string }[] }[]
  const browser = await launchBrowser()
  try {
    const page = await browser.newPage()
    await page.addScriptTag({ content: output[0].code ?? '' })
    return await page.evaluate(
      value => (globalThis as unknown as { run(value: unknown): string[] }).run(value),
      argument,
    )
  } finally {
    await browser.close()
  }
}

import { describe, expect, test } from 'vitest'
import { drawStyle, styleLatent } from '../../models/latent/draws.ts'
import { type Decoded, modelRequests, oneHot } from './model-requests.ts'
import { apngOf, bytesOf, furthest, jsonOf, pngOf, problemOf, readNpy } from './read-answers.ts'
import { type Api, CONDITIONAL, TRAINED } from './servers.ts'

type Written = Decoded & { text: string; characters: { character: string; class: string; left: number }[] }

/** What every runtime answers for texts. */
export function writeSuite(api: () => Api): void {
  const { ask, decoded, cardOf, refusal, plain } = modelRequests(api)

  describe('write', () => {
    test('write draws each character in one style, with the same bytes for one seed', async () => {
      const card = await cardOf(CONDITIONAL)
      const query = `${CONDITIONAL}/write?text=20-6%201&seed=7`
      const json = await decoded<Written>(query)
      expect(json).toMatchObject({ text: '20-6 1', seed: 7 })
      expect(json.characters.map(({ character, left }) => [character, left])).toEqual([
        ['2', 0],
        ['0', 28],
        ['6', 70],
        ['1', 112],
      ])
      const style = drawStyle(card, 7)
      const latents = [2, 0, 6, 1].map(label => [...styleLatent(card.latent.classes[label], style)])
      expect(json.z).toEqual(latents)
      expect(json.y).toEqual([2, 0, 6, 1].map(oneHot))
      const decode = await plain('decoder')
      expect(furthest(json.xhat[2], decode([...latents[2], ...oneHot(6)]).xhat)).toBeLessThan(1e-5)
      const bytes = await bytesOf(await ask(query))
      expect(await bytesOf(await ask(query))).toEqual(bytes)
      expect(await bytesOf(await ask(`${CONDITIONAL}/write?text=20-6%201&style=seed:7`))).toEqual(bytes)
    })
    test('write returns a line with gaps, an animation that adds one character per frame, or an array', async () => {
      const query = `${CONDITIONAL}/write?text=4-2&seed=3`
      const { xhat } = await decoded<Written>(query)
      const picture = await pngOf(await ask(query))
      expect(picture).toMatchObject({ width: 70, height: 28 })
      const line = Uint8Array.from(picture.data)
      const level = (value: number) => Math.round(value * 255)
      const columns = (from: number) =>
        Array.from({ length: 784 }, (_, i) => line[Math.floor(i / 28) * 70 + from + (i % 28)])
      expect(furthest(columns(0), xhat[0].map(level))).toBeLessThanOrEqual(1)
      expect(furthest(columns(42), xhat[1].map(level))).toBeLessThanOrEqual(1)
      for (let y = 0; y < 28; y++) {
        expect([...line.subarray(y * 70 + 28, y * 70 + 42)]).toEqual(Array(14).fill(0))
      }
      const drawn = await apngOf(await ask(`${query}&format=apng&delay=200`))
      expect(drawn).toMatchObject({ width: 70, height: 28, numberOfFrames: 2 })
      expect(drawn.frames.map(frame => frame.delayNumber)).toEqual([200, 1600])
      expect([...drawn.frames[1].data]).toEqual([...line])
      const first = Array.from(line, (value, i) => (i % 70 < 28 ? value : 0))
      expect([...drawn.frames[0].data]).toEqual(first)
      const npy = readNpy(await bytesOf(await ask(`${query}&format=npy`)))
      expect(npy.shape).toEqual([28, 70])
      expect(furthest(npy.data.subarray(0, 28), xhat[0].slice(0, 28))).toBeLessThan(1e-6)
      const inverted = await pngOf(await ask(`${query}&invert=true&scale=2`))
      expect([inverted.width, inverted.data[2 * 30]]).toEqual([140, 255])
    })
    test('write takes a latent as style, or the latent of a posted image', async () => {
      const given = await decoded<Written>(`${CONDITIONAL}/write?text=12&style=z:1,0,-1,0.5,0`)
      expect(given.z).toEqual([
        [1, 0, -1, 0.5, 0],
        [1, 0, -1, 0.5, 0],
      ])
      expect(given.seed).toBeUndefined()
      const pixels = Uint8Array.from({ length: 784 }, (_, i) => (i * 91) % 256)
      const post = (query: string, body: Uint8Array<ArrayBuffer> = pixels) =>
        ask(`${CONDITIONAL}/${query}`, {
          method: 'POST',
          headers: { 'content-type': 'application/octet-stream' },
          body,
        })
      const encode = await plain('encoder')
      const { mu } = encode([...Array.from(pixels, byte => byte / 255), ...oneHot(3)])
      const written = await jsonOf<Written>(await post('write?text=83&class=3&format=json'))
      expect(written.y).toEqual([oneHot(8), oneHot(3)])
      // The image's own class is written with the image's own latent, another at the same place of its Gaussian.
      expect(furthest(written.z[1], mu)).toBeLessThan(1e-4)
      const { classes } = (await cardOf(CONDITIONAL)).latent
      const shift = classes[8].mean.map((mean, k) => mean - classes[3].mean[k])
      // The fixture's covariances are equal, so the two differ by their means.
      const moved = mu.map((value, k) => value + shift[k])
      expect(furthest(written.z[0], moved)).toBeLessThan(1e-4)
      const two = Uint8Array.from({ length: 2 * 784 })
      expect(await problemOf(await post('write?text=80', two))).toMatchObject({ code: 'invalid-value' })
    })
    test('write with an unconditional model draws each class with the same seed', async () => {
      const written = await decoded<Written>(`${TRAINED}/write?text=31&seed=7&temperature=1`)
      for (const [i, label] of [3, 1].entries()) {
        const { z, xhat } = await decoded(`${TRAINED}/sample?class=${label}&seed=7`)
        expect(furthest(written.z[i], z[0])).toBeLessThan(1e-6)
        expect(furthest(written.xhat[i], xhat[0])).toBeLessThan(1e-5)
      }
      expect(written.y).toBeUndefined()
      expect(await refusal(`${TRAINED}/write?text=31&style=z:0,0`)).toMatchObject({ field: 'style' })
    })
    test.each([
      ['12a3:a', 'a:'],
      ['٣', '٣'],
    ])('write refuses %s, naming the characters without a class', async (text, unknown) => {
      expect(await refusal(`${CONDITIONAL}/write?text=${encodeURIComponent(text)}`)).toMatchObject({
        in: 'query',
        field: 'text',
        got: JSON.stringify(unknown),
      })
    })
    test.each([
      ['write?seed=1', 'text'],
      [`write?text=${'1'.repeat(65)}`, 'text'],
      ['write?text=%20-', 'text'],
      ['write?text=1&style=7', 'style'],
      ['write?text=1&style=z:1,2', 'style'],
      ['write?text=1&style=eps:1', 'style'],
      ['write?text=1&style=z:1,2,3,4,5000', 'style'],
      ['write?text=1&style=seed:1&seed=2', 'seed'],
      [`write?text=${'1'.repeat(64)}&scale=16`, 'scale'],
      [`write?text=${'1'.repeat(64)}&format=apng&scale=2`, 'scale'],
    ])('%s is refused, naming %s', async (query, field) => {
      expect(await refusal(`${CONDITIONAL}/${query}`)).toMatchObject({ field })
    })
    test('write refuses any text for a model without classes of one character', async () => {
      expect(await refusal('shifted-vae-z3/write?text=Bag')).toMatchObject({ field: 'text' })
      expect(await refusal('small-ae-z8/write?text=1')).toMatchObject({ field: 'text' })
    })
  })
}

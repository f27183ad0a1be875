import { expect, test } from 'vitest'
import { readModelFolder } from '../../export/registry/read-folder.ts'
import { createRng } from '../../models/random.ts'
import { measureVersion } from './measure-version.ts'

test('an image that is alone in the last batch is compared with no reconstruction of another', async () => {
  const model = await readModelFolder('models/zoo/mnist-ae-l1-z2')
  const uniform = createRng(1, 'pixels')
  const all = Uint8Array.from({ length: 501 * 784 }, () => 256 * uniform())
  const measure = (count: number) =>
    measureVersion(model, {
      images: { count, pixels: all.subarray(0, count * 784), labels: null },
      classes: [],
      height: 28,
      width: 28,
    })
  const [one, even, odd] = [await measure(1), await measure(500), await measure(501)]
  expect(one).toMatchObject({ images: 1, shuffledMse: Number.NaN })
  expect(odd.shuffledMse).toBe(even.shuffledMse)
})

import { zipSync } from 'fflate'
import { encodeNpy, encodeNpyTexts } from '../../../models/files/npy.ts'
import type { DividedImages, Images } from '../../../train/step/images.ts'

/**
 * Encodes images and their classes as an .npz file that `npm run train -- --data` reads: x_train, y_train, x_test,
 * y_test.
 */
export function encodeImages({ height, width, classes, train, test }: DividedImages): Uint8Array {
  const arrays = (part: string, { count, pixels, labels }: Images) => ({
    [`x_${part}.npy`]: encodeNpy(pixels, [count, height, width]),
    ...(labels && { [`y_${part}.npy`]: encodeNpyTexts(Array.from(labels, label => classes[label])) }),
  })
  return zipSync({ ...arrays('train', train), ...arrays('test', test) })
}

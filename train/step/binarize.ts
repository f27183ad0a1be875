import type { Uniform } from '../../models/random.ts'

/**
 * Binary images: each pixel is 255 with its intensity as probability, else 0. Drawn anew for each epoch this is the
 * dynamic binarisation of Salakhutdinov & Murray (2008).
 *
 * @param pixels any number of them, 0 … 255
 * @param uniform called once for each pixel that is neither 0 nor 255
 */
export function binarize(pixels: Uint8Array, uniform: Uniform): Uint8Array {
  return pixels.map(value => (value === 0 || value === 255 ? value : uniform() < value / 255 ? 255 : 0))
}

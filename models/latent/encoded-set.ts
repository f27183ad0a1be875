import { fromHalf } from '../files/half.ts'
import { decodeSafetensors } from '../files/safetensors.ts'

/** The encoded test set: mu [images, D_z], and for each image the index of its class if the data has classes. */
export interface Latents {
  mu: Float32Array
  label: Uint8Array | undefined
  images: number
}

/**
 * The tensors `mu` (F16) and `label` (U8) of a safetensors file.
 *
 * @throws Error when the file is no safetensors file or has no such mu
 */
export function readLatents(bytes: Uint8Array): Latents {
  const { mu, label } = decodeSafetensors(bytes).tensors
  if (mu?.dtype !== 'F16') throw new SyntaxError('latents: expected a tensor mu of halves')
  return {
    mu: fromHalf(mu.data),
    label: label?.dtype === 'U8' ? label.data : undefined,
    images: mu.shape[0],
  }
}

/** The mu of a test image, [D_z]. */
export function meanOf({ mu, images }: Latents, index: number): Float32Array {
  const d = mu.length / images
  return mu.slice(index * d, (index + 1) * d)
}

/**
 * Test images that represent the set: the first of each class, then the second and so on, or where there are no
 * classes, `n` evenly spread.
 *
 * @param label class index an image
 */
export function pickImages(label: Uint8Array | undefined, images: number, n = 10): number[] {
  if (!label) return Array.from({ length: Math.min(n, images) }, (_, i) => Math.floor((i * images) / n))
  const seen = new Map<number, number>()
  const turns = Array.from(label, (index, image) => {
    const turn = seen.get(index) ?? 0
    seen.set(index, turn + 1)
    return { image, index, turn }
  })
  return turns
    .sort((a, b) => a.turn - b.turn || a.index - b.index)
    .slice(0, n)
    .map(({ image }) => image)
}

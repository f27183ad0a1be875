import type { Endpoint } from '../../models/latent/endpoints.ts'

/** The content of a POST: images to encode, latents to decode, or the stops of an interpolation. */
export type BodyKind = 'images' | 'latents' | 'stops'

/** A stop of an interpolation: a point of the latent space, or an image, [D_x]. */
export type Stop = Endpoint | { pixels: Float32Array }

/** The posted content, checked against the model. Images are [n, D_x] in 0…1, latents z [n, D_z] and y [n, classes]. */
export type Body =
  | { kind: 'images'; n: number; pixels: Float32Array }
  | { kind: 'latents'; n: number; z: Float32Array; y?: Float32Array }
  | { kind: 'stops'; n: number; stops: readonly Stop[] }

/** The amount of posted content, which is known before images are decoded. */
export type BodySize = Pick<Body, 'kind' | 'n'>

import type { Card } from '../../models/card.ts'

/** The files of a model as the page and servers take it. */
export const MODEL_FILE_NAMES = ['encoder.onnx', 'decoder.onnx', 'latents.safetensors'] as const
/** One of `MODEL_FILE_NAMES`. */
export type ModelFileName = (typeof MODEL_FILE_NAMES)[number]

/**
 * A trained model: the run directory that `npm run train` leaves, with what `npm run export` makes of it beside, by
 * path. Images of the visitor's own are in it too, as images.npz.
 */
export interface MadeRun {
  card: Card
  files: Record<ModelFileName, Uint8Array<ArrayBuffer>> & Record<string, Uint8Array<ArrayBuffer>>
}

import { z } from 'zod'

const Side = z.int().min(1)

/**
 * How pictures became the images of a data set: transposed, cropped, resized by area to the data set's size, and inverted,
 * in this order. Uploads are prepared in the same way, so that the model gets images like those it was trained on.
 */
export const ImageImport = z.strictObject({
  /** Whether rows and columns are swapped first. */
  transpose: z.boolean(),
  /** The part of each picture that is kept, in the picture's own pixels; the whole picture if absent. */
  crop: z.strictObject({ left: z.int().min(0), top: z.int().min(0), width: Side, height: Side }).optional(),
  /** Whether a picture of another shape is padded, or cut at two sides. */
  fit: z.enum(['contain', 'cover']),
  /** What lies behind transparent places and beside padded pictures, before inversion. */
  background: z.enum(['black', 'white']),
  /** Whether black and white are swapped at the end. */
  invert: z.boolean(),
})
export type ImageImport = z.infer<typeof ImageImport>

import type { ImageImport } from '../../../models/image-import.ts'
import type { ImportOptions } from '../../step/configuration.ts'

/** How pictures become images by the options of a user's own data. */
export function imageImport({
  transpose,
  crop,
  fit = 'contain',
  background = 'black',
  invert = false,
}: ImportOptions): ImageImport {
  return { transpose: transpose === true, ...(crop && { crop }), fit, background, invert }
}

import type { Card } from '../../models/card.ts'
import type { ModelFile } from '../../models/registry/keys.ts'

/**
 * A trained model: the run directory that `npm run train` leaves, with what `npm run export` makes of it beside, by
 * path. Images of the visitor's own are in it too, as images.npz.
 */
export interface MadeRun {
  card: Card
  files: Record<ModelFile, Uint8Array<ArrayBuffer>> & Record<string, Uint8Array<ArrayBuffer>>
}

import type { Card } from '../../models/card.ts'
import type { ModelFile } from '../../models/registry/keys.ts'

/**
 * A trained model, by path: the run directory that `npm run train` leaves, and beside it what `npm run export` makes of
 * it. The visitor's own images are in it as images.npz.
 */
export interface ExportedRun {
  card: Card
  files: Record<ModelFile, Uint8Array<ArrayBuffer>> & Record<string, Uint8Array<ArrayBuffer>>
}

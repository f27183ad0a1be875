import { zipSync } from 'fflate'
import type { MadeRun } from '../exported-run.ts'

/**
 * A zip of a made run in a folder of the model's id: `npm run export`, `npm run registry -- push` and the API take the
 * folder as it is.
 */
export function zipRun({ card, files }: MadeRun): Uint8Array<ArrayBuffer> {
  const inFolder = Object.entries(files).map(([path, bytes]) => [`${card.id}/${path}`, bytes])
  // Weights do not get smaller; storing them takes no time.
  return zipSync(Object.fromEntries(inFolder), { level: 0 }) as Uint8Array<ArrayBuffer>
}

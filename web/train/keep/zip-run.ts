import { zipSync } from 'fflate'
import type { ExportedRun } from '../exported-run.ts'

/**
 * Makes a zip of an exported run, in a folder named by the model's id: `npm run export`, `npm run registry -- push` and
 * the API take the folder as it is.
 */
export function zipRun({ card, files }: ExportedRun): Uint8Array<ArrayBuffer> {
  const inFolder = Object.entries(files).map(([path, bytes]) => [`${card.id}/${path}`, bytes])
  // Weights hardly compress; storing them takes no time.
  return zipSync(Object.fromEntries(inFolder), { level: 0 }) as Uint8Array<ArrayBuffer>
}

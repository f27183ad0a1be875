import { zipSync } from 'fflate'
import type { MadeModel } from './make-model.ts'

/**
 * A zip of a trained model: its folder as a zoo holds it (`npm run registry -- push` and the API take it as it is), and
 * the TF.js LayersModels it was converted from.
 */
export function zipModel({ card, files, layersModels }: MadeModel): Uint8Array<ArrayBuffer> {
  const text = (json: string) => new TextEncoder().encode(json)
  return zipSync(
    {
      [card.id]: {
        ...files,
        tfjs: Object.fromEntries(
          Object.entries(layersModels).map(([part, model]) => [
            part,
            { 'model.json': text(model['model.json']), 'weights.bin': model['weights.bin'] },
          ]),
        ),
      },
    },
    // Weights do not get smaller; storing them takes no time.
    { level: 0 },
  ) as Uint8Array<ArrayBuffer>
}

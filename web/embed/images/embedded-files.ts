import type { Card } from '../../../models/card.ts'
import { fromBase64 } from '../../../models/files/base64.ts'
import { elementError } from '../options/element-error.ts'
import { createDecoder, type ModelFiles } from './model-files.ts'
import { createSharedResources } from './shared-resources.ts'

/** A model embedded in a page or a script: its card, and its decoder in base64. */
export interface EmbeddedModel {
  card: Card
  /** decoder.onnx. */
  decoder: string
}

/** The files of embedded models, which need no server. */
export function createEmbeddedFiles(models: readonly EmbeddedModel[]): ModelFiles {
  const resources = createSharedResources()

  function find(name: string): EmbeddedModel {
    const [id, version] = name.split('@')
    const found =
      name === 'default'
        ? models[0]
        : models.find(({ card }) => card.id === id && (!version || card.version === version))
    if (found) return found
    const ids = models.map(({ card }) => card.id).join(', ')
    throw elementError('model', `one of the embedded models (${ids})`, name)
  }

  return {
    offline: true,
    card: (_, name) => resources.lease(`card ${name}`, async () => find(name).card),
    decoder: (_, card) =>
      resources.lease(`decoder ${card.id}@${card.version}`, async () =>
        createDecoder(fromBase64(find(card.id).decoder), card),
      ),
  }
}

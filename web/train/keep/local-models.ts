import { type DBSchema, openDB } from 'idb'
import { type Catalog, LOCAL_PREFIX, type LocalModel } from '../../catalog/catalog.ts'
import type { ImportedModel } from './describe-onnx.ts'

interface Schema extends DBSchema {
  models: { key: string; value: LocalModel }
}

/** Opens the database. Rejects if the browser blocks storage; `openDB` itself may throw then. */
const open = async () =>
  openDB<Schema>('latent-edge-models', 1, {
    upgrade: database => void database.createObjectStore('models', { keyPath: 'id' }),
  })

/** The models kept in this browser; none if it blocks storage. */
export async function listLocalModels(): Promise<LocalModel[]> {
  return open().then(
    db => db.getAll('models'),
    () => [],
  )
}

/** Adds the models kept in this browser to the catalog. */
export async function restoreLocalModels(catalog: Catalog): Promise<void> {
  for (const model of await listLocalModels()) catalog.add(model)
}

/** A model in the form in which this browser keeps it, with the title that the page shows. */
export function localModel({ card, files }: ImportedModel, title: string): LocalModel {
  const { 'encoder.onnx': encoder, 'decoder.onnx': decoder, 'latents.safetensors': latents } = files
  return {
    id: `${LOCAL_PREFIX}${card.version}`,
    title,
    card,
    files: {
      'decoder.onnx': decoder,
      'latents.safetensors': latents,
      ...(encoder && { 'encoder.onnx': encoder }),
    },
  }
}

/**
 * Adds a model to the catalog, or replaces the one of the same id, and saves it in this browser.
 *
 * @returns whether it could be saved
 */
export async function saveLocalModel(catalog: Catalog, model: LocalModel): Promise<boolean> {
  catalog.add(model)
  return open()
    .then(db => db.put('models', model))
    .then(
      () => true,
      () => false,
    )
}

/** Removes a model from the catalog and from this browser. */
export async function removeLocalModel(catalog: Catalog, id: string): Promise<void> {
  catalog.remove(id)
  await open()
    .then(db => db.delete('models', id))
    .catch(() => {})
}

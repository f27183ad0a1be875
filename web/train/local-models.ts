import { type DBSchema, openDB } from 'idb'
import type { Catalog, LocalModel } from '../catalog/catalog.ts'
import type { MadeModel } from './make-model.ts'

/** The first letters of the ids that this browser's models have in the page. */
const PREFIX = 'tab-'

interface Schema extends DBSchema {
  models: { key: string; value: LocalModel }
}

const open = () =>
  openDB<Schema>('latent-edge-models', 1, {
    upgrade: database => void database.createObjectStore('models', { keyPath: 'id' }),
  })

/** Adds the models that this browser keeps to the catalog; none where it blocks storage. */
export async function restoreLocalModels(catalog: Catalog): Promise<void> {
  const models = await open().then(
    db => db.getAll('models'),
    () => [],
  )
  for (const model of models) catalog.add(model)
}

/**
 * Adds a model to the catalog and keeps it in this browser.
 *
 * @returns its id in the page, and whether it could be kept
 */
export async function keepLocalModel(
  catalog: Catalog,
  { card, files }: Pick<MadeModel, 'card' | 'files'>,
  title: string,
): Promise<{ id: string; kept: boolean }> {
  const model: LocalModel = { id: `${PREFIX}${card.version}`, title, card, files }
  catalog.add(model)
  const kept = await open()
    .then(db => db.put('models', model))
    .then(
      () => true,
      () => false,
    )
  return { id: model.id, kept }
}

/** Forgets a model of this browser. */
export async function removeLocalModel(catalog: Catalog, id: string): Promise<void> {
  catalog.remove(id)
  await (await open()).delete('models', id)
}

/** The models that this browser keeps. */
export async function listLocalModels(): Promise<LocalModel[]> {
  return open().then(
    db => db.getAll('models'),
    () => [],
  )
}

import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { PackedData } from '../data/training-data.ts'
import type { TrainingCheckpoint } from '../messages.ts'
import type { Recipe } from '../recipe.ts'

/** A saved run as the page lists it. */
export interface StoredRun {
  id: string
  title: string
  recipe: Recipe
  /** Runs that were started side by side have the same group. */
  group: string
  /** Milliseconds since 1970. */
  created: number
  changed: number
  /** Epochs trained so far. */
  epochs: number
}

interface Schema extends DBSchema {
  runs: { key: string; value: StoredRun }
  checkpoints: { key: string; value: TrainingCheckpoint & { run: string } }
  /** The visitor's own images, by run: they cannot be fetched again. */
  data: { key: string; value: PackedData & { run: string } }
}

/** The runs saved in this browser's IndexedDB. Every call rejects if the browser blocks storage or has no room left. */
export interface RunStore {
  list(): Promise<StoredRun[]>
  save(run: StoredRun, data?: PackedData): Promise<void>
  /** Replaces the run's checkpoint in one transaction: after a crash either the old one or the new one is there. */
  saveCheckpoint(checkpoint: TrainingCheckpoint & { run: string }): Promise<void>
  loadCheckpoint(run: string): Promise<TrainingCheckpoint | undefined>
  loadData(run: string): Promise<PackedData | undefined>
  rename(run: string, title: string): Promise<void>
  remove(run: string): Promise<void>
}

const STORES = ['runs', 'checkpoints', 'data'] as const

/** Opens the store; workers may call this too. @throws DOMException if the browser blocks storage */
export async function openRunStore(): Promise<RunStore> {
  const db: IDBPDatabase<Schema> = await openDB<Schema>('latent-edge-training', 3, {
    upgrade(database) {
      // Earlier versions of the database are emptied: their runs lack what metrics.jsonl needs, or hold pixels in
      // another form.
      for (const name of [...database.objectStoreNames]) database.deleteObjectStore(name)
      database.createObjectStore('runs', { keyPath: 'id' })
      database.createObjectStore('checkpoints', { keyPath: 'run' })
      database.createObjectStore('data', { keyPath: 'run' })
    },
  })
  return {
    list: async () => (await db.getAll('runs')).sort((a, b) => b.changed - a.changed),
    async save(run, data) {
      const transaction = db.transaction(['runs', 'data'], 'readwrite')
      await Promise.all([
        transaction.objectStore('runs').put(run),
        ...(data ? [transaction.objectStore('data').put({ ...data, run: run.id })] : []),
        transaction.done,
      ])
    },
    async saveCheckpoint(checkpoint) {
      const transaction = db.transaction(['runs', 'checkpoints'], 'readwrite')
      const run = await transaction.objectStore('runs').get(checkpoint.run)
      await Promise.all([
        transaction.objectStore('checkpoints').put(checkpoint),
        ...(run
          ? [transaction.objectStore('runs').put({ ...run, epochs: checkpoint.epoch, changed: Date.now() })]
          : []),
        transaction.done,
      ])
    },
    loadCheckpoint: run => db.get('checkpoints', run),
    loadData: run => db.get('data', run),
    async rename(id, title) {
      const transaction = db.transaction('runs', 'readwrite')
      const run = await transaction.store.get(id)
      await Promise.all([...(run ? [transaction.store.put({ ...run, title })] : []), transaction.done])
    },
    async remove(id) {
      const transaction = db.transaction(STORES, 'readwrite')
      await Promise.all([...STORES.map(name => transaction.objectStore(name).delete(id)), transaction.done])
    },
  }
}

import type { PackedData } from '../data/training-data.ts'
import { openRunStore, type StoredRun } from '../keep/run-store.ts'
import type { SessionStore } from './state.ts'

/** The runs that this browser keeps. Where it keeps none, the list is empty and nothing here fails. */
export interface KeptRuns {
  /** Keeps a run, and the images that cannot be fetched again. */
  add(run: StoredRun, data: PackedData | undefined): Promise<void>
  images(run: StoredRun): Promise<PackedData | undefined>
  rename(run: StoredRun, title: string): Promise<void>
  remove(run: StoredRun): Promise<void>
  /** Reads the list again. */
  list(): Promise<void>
}

/** Opens the runs that this browser has kept; the session lists none if the browser keeps nothing. */
export function openKeptRuns({ set }: SessionStore): KeptRuns {
  const opened = openRunStore().catch(() => undefined)
  const list = async () => {
    const store = await opened
    set({ runs: (await store?.list()) ?? [], stored: store !== undefined })
  }
  void list()
  return {
    list,
    async add(run, data) {
      const store = await opened
      // Where there is no room the run goes on without being kept; its first checkpoint says so.
      await store?.save(run, data).catch(() => {})
    },
    images: async run => (await opened)?.loadData(run.id),
    async rename(run, title) {
      await (await opened)?.rename(run.id, title)
      await list()
    },
    async remove(run) {
      await (await opened)?.remove(run.id)
      await list()
    },
  }
}

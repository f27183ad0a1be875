import type { PackedData } from '../data/training-data.ts'
import { openRunStore, type StoredRun } from '../keep/run-store.ts'
import type { SessionStore } from './state.ts'

/** The runs saved in this browser. If it blocks storage, the list is empty and no call fails. */
export interface KeptRuns {
  /** Saves a run, and its images if they cannot be fetched again. */
  add(run: StoredRun, data: PackedData | undefined): Promise<void>
  images(run: StoredRun): Promise<PackedData | undefined>
  rename(run: StoredRun, title: string): Promise<void>
  remove(run: StoredRun): Promise<void>
  /** Reads the list of runs again. */
  list(): Promise<void>
}

/** Opens the saved runs and reads their list. */
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
      // Without room the run trains without being saved; its first checkpoint reports that.
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

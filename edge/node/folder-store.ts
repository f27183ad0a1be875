import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { Card } from '../../models/card.ts'
import type { Entry, Store } from '../platform.ts'
import { listModels } from './build.ts'

/** How long a look at the folder holds, milliseconds. */
const FRESH = 1000

/**
 * Models in a folder, one a folder, as the export writes them. Models put there, replaced or taken away while the
 * server runs are noticed within a second.
 */
export function folderStore(folder: string): Store {
  let entries: readonly Entry[] = []
  let signature = ''
  let looked = Number.NEGATIVE_INFINITY
  let looking: Promise<void> | undefined

  const fresh = () => performance.now() - looked <= FRESH

  async function look(): Promise<void> {
    const ids = await listModels(folder)
    const states = await Promise.all(ids.map(id => describeCard(path.join(folder, id, 'card.json'))))
    const now = ids.map((id, i) => `${id} ${states[i]}`).join('\n')
    if (now !== signature) {
      entries = await Promise.all(ids.map(id => readEntry(folder, id)))
      signature = now
    }
    looked = performance.now()
  }
  return {
    fresh,
    async list() {
      if (!fresh()) {
        looking ??= look().finally(() => (looking = undefined))
        await looking
      }
      return entries
    },
    // The id is one of the list's and the file one of a few constants: nothing of a request reaches the path.
    read: async (id, file) => new Uint8Array(await readFile(path.join(folder, id, file))),
  }
}

async function describeCard(file: string): Promise<string> {
  const state = await stat(file).catch(() => undefined)
  return state ? `${state.mtimeMs} ${state.size} ${state.ino}` : 'gone'
}

async function readEntry(folder: string, id: string): Promise<Entry> {
  try {
    const card = Card.parse(JSON.parse(await readFile(path.join(folder, id, 'card.json'), 'utf8')))
    if (card.id !== id) throw new Error(`expected the id ${id}, got ${card.id}`)
    return { id, card }
  } catch (error) {
    return { id, reason: `card.json: ${error instanceof Error ? error.message : error}` }
  }
}

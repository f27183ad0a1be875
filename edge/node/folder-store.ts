import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { verifySignature } from '../../models/registry/signature.ts'
import { SIGNATURE_FILE, SIGNED_FILES } from '../../models/registry/signed-statement.ts'
import type { VerificationKey } from '../../models/registry/verification-key.ts'
import { parseCard } from '../../models/registry/version.ts'
import { unreadableModels } from '../catalog/readable-models.ts'
import type { CatalogEntry, ModelStore } from '../platform.ts'
import { listModels } from './build.ts'

/** Milliseconds for which a listing of the folder is used. */
const FRESH_FOR = 1000

/**
 * Models in the sub-folders of a folder, as the export writes them. Models that are added, replaced or removed while
 * the server runs are noticed within a second.
 *
 * @param key if given, a model answers only if its model.sig is a signature by this key
 */
export function folderStore(folder: string, key?: VerificationKey): ModelStore {
  let entries: readonly CatalogEntry[] = []
  let signature = ''
  let lastRead = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | undefined

  const isFresh = () => performance.now() - lastRead <= FRESH_FOR

  async function readFolder(): Promise<void> {
    const ids = await listModels(folder)
    const states = ids.map(id => describeCard(path.join(folder, id, 'card.json')))
    const now = ids.map((id, i) => `${id} ${states[i]}`).join('\n')
    if (now !== signature) {
      entries = await Promise.all(ids.map(id => readEntry(folder, id, key)))
      signature = now
    }
    lastRead = performance.now()
  }
  return {
    isFresh,
    incidents: () => unreadableModels(entries),
    async list() {
      if (!isFresh()) {
        reading ??= readFolder().finally(() => (reading = undefined))
        await reading
      }
      return entries
    },
    // The id is from the list and the file's name is a constant: no text of a request becomes part of the path.
    read: async (id, file) => new Uint8Array(await readFile(path.join(folder, id, file))),
  }
}

async function requireSignature(folder: string, key: VerificationKey): Promise<void> {
  const read = async (file: string) => new Uint8Array(await readFile(path.join(folder, file)))
  const files = await Promise.all(SIGNED_FILES.map(async file => [file, await read(file)]))
  const bundle = await read(SIGNATURE_FILE).catch(() => {
    throw new Error(`${SIGNATURE_FILE}: expected a signature, found none`)
  })
  await verifySignature(bundle, Object.fromEntries(files), key)
}

/**
 * Describes a card file so that the text changes when the file is replaced. Synchronous: a stat takes a few µs, and handing it
 * to the thread pool many times that.
 */
function describeCard(file: string): string {
  const state = statSync(file, { throwIfNoEntry: false })
  return state ? `${state.mtimeMs} ${state.size} ${state.ino}` : 'gone'
}

async function readEntry(folder: string, id: string, key?: VerificationKey): Promise<CatalogEntry> {
  if (key) {
    try {
      await requireSignature(path.join(folder, id), key)
    } catch (error) {
      return { id, reason: (error as Error).message }
    }
  }
  try {
    const card = parseCard(await readFile(path.join(folder, id, 'card.json')), 'card.json')
    if (card.id !== id) throw new Error(`card.json: expected the id ${id}, got ${card.id}`)
    return { id, card }
  } catch (error) {
    return { id, reason: error instanceof Error ? error.message : String(error) }
  }
}

import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Bucket } from './bucket.ts'
import { openFolder } from './folder.ts'
import { openRemote, readAccount } from './remote-r2.ts'

/** Where wrangler and `npm start` keep workerd's R2 on this machine. */
export const LOCAL_STATE = path.resolve(import.meta.dirname, '../../../edge/.wrangler/state/v3')

/** The forms of `--target`, for help texts. */
export const TARGETS = 'local (workerd’s R2 on this disk), remote (R2 on Cloudflare) or dir:PATH (a folder)'

/**
 * Opens the bucket of `--target`.
 *
 * @throws Error saying what was expected, or what the environment lacks
 */
export async function openTarget(name: string): Promise<Bucket> {
  if (name === 'remote') return openRemote(readAccount(process.env))
  if (name === 'local') {
    // Import Miniflare only here: it takes half a second to load, and other targets do not need it.
    const { openLocal } = await import('./local-r2.ts')
    return openLocal(process.env.LATENT_EDGE_STATE ?? LOCAL_STATE)
  }
  if (name.startsWith('dir:') && name.length > 4) {
    const folder = path.resolve(name.slice(4))
    if (existsSync(folder) && !statSync(folder).isDirectory()) {
      throw new Error(`--target: expected a folder, got the file ${folder}`)
    }
    return openFolder(folder)
  }
  throw new Error(`--target: expected ${TARGETS}, got ${JSON.stringify(name)}`)
}

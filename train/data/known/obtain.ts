import { readFile, rm } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { download, type Transfer } from './download.ts'
import type { KnownFile, KnownSet } from './known-datasets.ts'
import { cacheFolder, checked, findKnown, locate } from './known-files.ts'

/** Where the files of a known data set are searched and fetched. */
export interface ObtainOptions {
  /** A folder that may have the files already. */
  dataDir?: string
  /** A mirror laid out as a data folder, `<urlBase>/<set>/<file>`, to use in place of the published addresses. */
  urlBase?: string
  /** Called before a file is fetched; returns what its progress is reported to. */
  onDownload?: (url: string) => { update: NonNullable<Transfer['onProgress']>; stop: () => void }
}

/**
 * Makes sure that every file of a known set is there and as published. Files that no folder has are downloaded into the
 * cache, and damaged files in the cache again; a damaged file elsewhere is left as it is.
 *
 * @returns the paths, in the order of `set.files`
 * @throws Error when a file elsewhere than in the cache is broken or a download fails
 */
export async function obtain(set: KnownSet, options: ObtainOptions): Promise<string[]> {
  const paths = []
  for (const [i, file] of set.files.entries()) {
    const path = locate(set, file, options.dataDir)
    const ours = path === undefined || dirname(path) === cacheFolder(set.name)
    if (set.urls.length === 0 || !ours) paths.push((await findKnown(set, file, options.dataDir)).path)
    else if (path !== undefined && (await isGood(path, set, file))) paths.push(path)
    else paths.push(await fetchFile(set, file, set.urls[i], path, options))
  }
  return paths
}

async function fetchFile(
  set: KnownSet,
  file: KnownFile,
  published: string,
  broken: string | undefined,
  { urlBase, onDownload }: ObtainOptions,
): Promise<string> {
  if (broken !== undefined) await rm(broken)
  const name = posix.basename(published)
  const url = urlBase ? `${urlBase.replace(/\/$/, '')}/${set.name}/${name}` : published
  const target = join(cacheFolder(set.name), name)
  const progress = onDownload?.(url)
  try {
    const verify = (stored: Uint8Array) => checked(stored, set, file, name)
    await download({ url, target, verify, onProgress: progress?.update })
  } catch (cause) {
    const byHand = `Or fetch ${published} by other means and put it into ${dirname(target)} or a folder named with --data-dir`
    throw new Error(`${(cause as Error).message}. ${byHand}`, { cause })
  } finally {
    progress?.stop()
  }
  return target
}

async function isGood(path: string, set: KnownSet, file: KnownFile): Promise<boolean> {
  const stored = await readFile(path)
  return checked(stored, set, file, path).then(
    () => true,
    () => false,
  )
}

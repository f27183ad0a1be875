import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Skipped } from '../dataset.ts'
import { type Part, partOf } from './source.ts'

/** An image file of a folder of images. */
export interface ImageFile {
  path: string
  label: string | null
  part: Part | null
}

/** The images under a folder, and what was left out. */
export interface ImageTree {
  files: ImageFile[]
  skipped: Skipped[]
}

const IMAGE = /\.(png|jpe?g|webp|avif|tiff?|gif)$/i
/** Images in formats that are not read, which must not be left out in silence. */
const OTHER_IMAGE = /\.(bmp|heic|heif|jp2|jxl|psd|raw|dng|svg|ico|pgm|ppm)$/i
/** Tables of images, for which another reader exists. */
const TABLE = /(\.(npz|npy|csv|tsv)|idx3-ubyte)(\.gz)?$/i
/** Folders that archives and systems add. */
const SYSTEM = new Set(['__MACOSX', '@eaDir'])

const natural = new Intl.Collator('en', { numeric: true })

/**
 * Lists the images of a folder in natural order of their names (2 before 10). Each sub-folder is a class, with all files
 * below it. Sub-folders called train, val and test are a split; they may be above the classes or inside every class. A
 * folder with nothing but one folder of folders stands for that folder. Symbolic links are followed; hidden files are
 * ignored.
 *
 * @param labelled whether sub-folders other than those of a split are classes
 * @throws Error when there is no image, or images lie beside classes
 */
export async function listImages(folder: string, labelled = true): Promise<ImageTree> {
  const tree: ImageTree = { files: [], skipped: [] }
  const root = await unwrap(folder)
  const { folders, images } = await list(root, tree)
  const parts = folders.filter(partOf)
  if (isSplit(folders)) {
    const others: ImageTree = { files: [], skipped: [] }
    for (const name of folders.filter(name => !partOf(name))) {
      await collectClass(join(root, name), { label: name, part: null }, others)
      tree.skipped.push({ path: join(root, name), label: null, reason: 'a folder without images' })
    }
    if (others.files.length > 0 || images.length > 0) {
      const found = [...folders.filter(name => !partOf(name)), ...images.slice(0, 3)].join(', ')
      throw new Error(
        `${root}: expected nothing beside the parts of a split (${parts.join(', ')}), got ${found}`,
      )
    }
    for (const name of parts) await collectPart(join(root, name), partOf(name)!, tree, labelled)
  } else {
    await collectPart(root, null, tree, labelled)
  }
  if (tree.files.length === 0) throw new Error(`${folder}: expected images, found none${await hint(root)}`)
  return tree
}

/** Whether folders are the parts of a split: one for training and others. */
function isSplit(folders: readonly string[]): boolean {
  const parts = new Set(folders.flatMap(name => partOf(name) ?? []))
  return parts.has('train') && parts.size > 1
}

/** A hint for a folder without images: the tables in it, which another reader takes. */
async function hint(folder: string): Promise<string> {
  const tables = (await readdir(folder)).filter(name => TABLE.test(name)).sort(natural.compare)
  if (tables.length === 0) return ''
  return `; it holds ${tables.slice(0, 4).join(', ')}: name the file, such as --data ${join(folder, tables[0])}`
}

/** The folder itself or, as long as it holds one folder of folders and nothing else, that one. */
async function unwrap(folder: string, above: readonly string[] = []): Promise<string> {
  const real = await realpath(folder)
  const { folders, images } = await list(folder)
  if (folders.length !== 1 || images.length > 0 || above.includes(real)) return folder
  const inner = join(folder, folders[0])
  return (await list(inner)).folders.length > 0 ? unwrap(inner, [...above, real]) : folder
}

async function collectPart(
  folder: string,
  part: Part | null,
  tree: ImageTree,
  labelled: boolean,
): Promise<void> {
  if (!labelled) return collectClass(folder, { label: null, part }, tree)
  const root = part ? await unwrap(folder) : folder
  const { folders, images } = await list(root, part ? tree : undefined)
  if (folders.length > 0 && images.length > 0) {
    throw new Error(
      `${root}: expected either images or one sub-folder per class, got ${images.length} images beside ${folders.join(', ')}; ` +
        'give --no-labels to read them all without classes',
    )
  }
  for (const image of images) tree.files.push({ path: join(root, image), label: null, part })
  const above = [await realpath(root)]
  for (const name of folders) {
    const before = tree.files.length + tree.skipped.length
    // One name may be written in two ways: é as one character, or as e and an accent.
    const label = name.normalize('NFC')
    const inner = part === null ? (await list(join(root, name))).folders : []
    if (isSplit(inner)) {
      for (const each of inner) {
        await collectClass(join(root, name, each), { label, part: partOf(each) ?? null }, tree, above)
      }
    } else await collectClass(join(root, name), { label, part }, tree, above)
    if (tree.files.length + tree.skipped.length === before) {
      tree.skipped.push({ path: join(root, name), label, reason: 'a folder without images' })
    }
  }
}

/** All images below a class's folder. `above` are the folders on the way to it, to notice links that lead back. */
async function collectClass(
  folder: string,
  of: Pick<ImageFile, 'label' | 'part'>,
  tree: ImageTree,
  above: readonly string[] = [],
): Promise<void> {
  const real = await realpath(folder)
  if (above.includes(real)) {
    tree.skipped.push({ path: folder, label: of.label, reason: 'a link to a folder above it' })
    return
  }
  const { folders, images } = await list(folder, tree, of.label)
  for (const image of images) tree.files.push({ path: join(folder, image), ...of })
  for (const name of folders) await collectClass(join(folder, name), of, tree, [...above, real])
}

/** Names of the folders and images in a folder; others that look like images are noted in `tree`. */
async function list(folder: string, tree?: ImageTree, label: string | null = null) {
  const folders: string[] = []
  const images: string[] = []
  const skip = (path: string, reason: string) => tree?.skipped.push({ path, label, reason })
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EACCES' && error.code !== 'EPERM') throw error
    skip(folder, 'a folder that may not be read')
    return []
  })
  const seen = names.filter(name => !name.startsWith('.') && !SYSTEM.has(name))
  for (const name of seen.sort(natural.compare)) {
    const path = join(folder, name)
    const state = await stat(path).catch((error: NodeJS.ErrnoException) => error)
    if (state instanceof Error) {
      skip(path, state.code === 'ELOOP' ? 'a link to itself' : 'a link to a file that is not there')
    } else if (state.isDirectory()) folders.push(name)
    else if (OTHER_IMAGE.test(name)) skip(path, 'a format that is not read')
    else if (!IMAGE.test(name)) continue
    // Reading a pipe or a device would never end.
    else if (state.isFile()) images.push(name)
    else skip(path, 'no regular file')
  }
  return { folders, images }
}

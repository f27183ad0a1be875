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
/** Folders that archives and systems add. */
const SYSTEM = new Set(['__MACOSX', '@eaDir'])

const natural = new Intl.Collator('en', { numeric: true })

/**
 * Lists the images of a folder in natural order of their names (2 before 10). Sub-folders are classes, with all that
 * lies below them; sub-folders called train, val and test are a split, in each of which sub-folders may be classes. A
 * folder that holds nothing but one folder of folders is passed through. Symbolic links are followed; hidden files are
 * not seen.
 *
 * @throws Error when there is no image, or images lie beside classes
 */
export async function listImages(folder: string): Promise<ImageTree> {
  const tree: ImageTree = { files: [], skipped: [] }
  const root = await unwrap(folder)
  const { folders, images } = await list(root, tree)
  const parts = folders.map(partOf)
  if (folders.length > 1 && parts.includes('train') && parts.some(part => part !== 'train')) {
    if (parts.includes(undefined) || images.length > 0) {
      const others = [...folders.filter((_, i) => !parts[i]), ...images.slice(0, 3)].join(', ')
      throw new Error(
        `${root}: expected nothing beside the parts of a split (${folders.filter((_, i) => parts[i]).join(', ')}), got ${others}`,
      )
    }
    for (const [i, name] of folders.entries()) await collectPart(join(root, name), parts[i]!, tree)
  } else {
    await collectPart(root, null, tree)
  }
  if (tree.files.length === 0) throw new Error(`${folder}: expected images, found none`)
  return tree
}

/** The folder itself or, as long as it holds one folder of folders and nothing else, that one. */
async function unwrap(folder: string): Promise<string> {
  const { folders, images } = await list(folder)
  if (folders.length !== 1 || images.length > 0) return folder
  const inner = join(folder, folders[0])
  return (await list(inner)).folders.length > 0 ? unwrap(inner) : folder
}

async function collectPart(folder: string, part: Part | null, tree: ImageTree): Promise<void> {
  const root = part ? await unwrap(folder) : folder
  const { folders, images } = await list(root, part ? tree : undefined)
  if (folders.length > 0 && images.length > 0) {
    throw new Error(
      `${root}: expected either images or one sub-folder a class, got ${images.length} images beside ${folders.join(', ')}`,
    )
  }
  for (const image of images) tree.files.push({ path: join(root, image), label: null, part })
  for (const label of folders) {
    const before = tree.files.length
    await collectClass(join(root, label), label, part, tree, [await realpath(root)])
    if (tree.files.length === before) {
      tree.skipped.push({ path: join(root, label), label, reason: 'a folder without images' })
    }
  }
}

/** All images below a class's folder. `above` are the folders on the way to it, to notice links that lead back. */
async function collectClass(
  folder: string,
  label: string,
  part: Part | null,
  tree: ImageTree,
  above: string[],
): Promise<void> {
  const real = await realpath(folder)
  if (above.includes(real)) {
    tree.skipped.push({ path: folder, label, reason: 'a link to a folder above it' })
    return
  }
  const { folders, images } = await list(folder, tree, label)
  for (const image of images) tree.files.push({ path: join(folder, image), label, part })
  for (const name of folders) await collectClass(join(folder, name), label, part, tree, [...above, real])
}

/** Names of the folders and images in a folder; others that look like images are noted in `tree`. */
async function list(folder: string, tree?: ImageTree, label: string | null = null) {
  const folders: string[] = []
  const images: string[] = []
  const names = (await readdir(folder)).filter(name => !name.startsWith('.') && !SYSTEM.has(name))
  for (const name of names.sort(natural.compare)) {
    const path = join(folder, name)
    const skip = (reason: string) => tree?.skipped.push({ path, label, reason })
    const state = await stat(path).catch(() => undefined)
    if (!state) skip('a link to a file that is not there')
    else if (state.isDirectory()) folders.push(name)
    else if (IMAGE.test(name)) images.push(name)
    else if (OTHER_IMAGE.test(name)) skip('a format that is not read')
  }
  return { folders, images }
}

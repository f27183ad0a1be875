/** A visitor's file, and the folders that it lay in. */
export interface PickedFile {
  file: File
  /** Its path within what was picked: `cats/1.png`. */
  path: string
}

/** The files of a drop, those in dropped folders included. */
export async function droppedFiles({ items }: DataTransfer): Promise<PickedFile[]> {
  // All must be taken before the first wait: the list is emptied after the event.
  const taken = Array.from(items, item => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }))
  const picked = taken.map(({ entry, file }) => {
    if (entry) return walk(entry)
    return file ? [{ file, path: file.name }] : []
  })
  return (await Promise.all(picked)).flat()
}

async function walk(entry: FileSystemEntry): Promise<PickedFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    )
    return [{ file, path: entry.fullPath.replace(/^\//, '') }]
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const children: FileSystemEntry[] = []
  // A call gives at most a hundred entries; the end is a call that gives none.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (some.length === 0) break
    children.push(...some)
  }
  return (await Promise.all(children.map(child => walk(child)))).flat()
}

/** The files of an input, with their folders where a folder was chosen. */
export function pickedFiles(list: FileList | null): PickedFile[] {
  return Array.from(list ?? [], file => ({ file, path: file.webkitRelativePath || file.name }))
}

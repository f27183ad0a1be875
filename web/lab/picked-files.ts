/** A file that the visitor picked or dropped. */
export interface PickedFile {
  file: File
  /** Its path in the folder that was picked, such as `cats/1.png`. */
  path: string
}

/** The files of a drop, with those in dropped folders. */
export async function droppedFiles({ items }: DataTransfer): Promise<PickedFile[]> {
  // Read all items before the first await: the browser empties the list after the event.
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
  // `readEntries` gives at most a hundred entries at a time, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (some.length === 0) break
    children.push(...some)
  }
  return (await Promise.all(children.map(child => walk(child)))).flat()
}

/** The files of a file input, with their paths if a folder was chosen. */
export function pickedFiles(list: FileList | null): PickedFile[] {
  return Array.from(list ?? [], file => ({ file, path: file.webkitRelativePath || file.name }))
}

/** A visitor's file, and the folders that it lay in. */
export interface PickedFile {
  file: File
  /** Its path within what was picked: `cats/1.png`. */
  path: string
}

/** The files of a drop, those in dropped folders included. */
export async function droppedFiles(items: DataTransferItemList): Promise<PickedFile[]> {
  // The entries must be taken before the first wait: the list is emptied after the event.
  const entries = Array.from(items, item => item.webkitGetAsEntry()).filter(entry => entry !== null)
  return (await Promise.all(entries.map(entry => walk(entry)))).flat()
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
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (some.length === 0) break
    children.push(...some)
  }
  return (await Promise.all(children.map(child => walk(child)))).flat()
}

/** The files of an input, folders kept. */
export function pickedFiles(list: FileList): PickedFile[] {
  return Array.from(list, file => ({ file, path: file.webkitRelativePath || file.name }))
}

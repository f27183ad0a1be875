/** Files that a visitor gave, by path: that in the dropped folder, or the name alone. */
export type GivenFiles = ReadonlyMap<string, File>

/** The files of a file input, which has relative paths where a folder was chosen. */
export function filesOfInput(list: FileList | null): Map<string, File> {
  return new Map(Array.from(list ?? [], file => [file.webkitRelativePath || file.name, file]))
}

/** The files of a drop, those inside dropped folders included. */
export async function filesOfDrop(data: DataTransfer): Promise<Map<string, File>> {
  // The items are gone once the event has been handled: entries are taken from all of them first.
  const entries = Array.from(data.items, item => item.webkitGetAsEntry())
  const files = new Map(Array.from(data.files, file => [file.name, file]))
  for (const entry of entries) {
    if (!entry?.isDirectory) continue
    // The list of files has an entry without bytes for a folder.
    files.delete(entry.name)
    await addEntry(entry, files)
  }
  return files
}

async function addEntry(entry: FileSystemEntry, files: Map<string, File>): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    )
    files.set(entry.fullPath.replace(/^\//, ''), file)
    return
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  // A call gives at most a hundred entries; the end is a call that gives none.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (some.length === 0) return
    for (const each of some) await addEntry(each, files)
  }
}

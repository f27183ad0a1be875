/**
 * Calls `take` with pictures that are dropped anywhere on the page, or pasted.
 *
 * @returns a function that stops listening
 */
export function listenForPictures(take: (file: File) => void): () => void {
  const stop = new AbortController()
  const { signal } = stop
  const first = (data: DataTransfer | null) =>
    [...(data?.files ?? [])].find(file => file.type.startsWith('image/'))
  window.addEventListener(
    'drop',
    event => {
      const file = first(event.dataTransfer)
      if (file) take(file)
    },
    { signal },
  )
  window.addEventListener(
    'paste',
    event => {
      const file = first(event.clipboardData)
      if (!file) return
      event.preventDefault()
      take(file)
    },
    { signal },
  )
  return () => stop.abort()
}

/** Whether the drag carries files. */
export function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') ?? false
}

/** Keeps the browser from leaving the page to open a file that is dropped on it. */
export function preventOpeningDroppedFiles(): void {
  for (const type of ['dragover', 'drop'] as const) {
    window.addEventListener(type, event => {
      if (hasFiles(event)) event.preventDefault()
    })
  }
}

/** The state of something that is fetched; while loading, with the bytes received and, if known, the total. */
export type Loadable<T> =
  | { status: 'loading'; received: number; total: number | undefined }
  | { status: 'ready'; value: T }
  | { status: 'failed'; message: string }

/** Called with the bytes received and, if known, the total. */
export type Progress = (received: number, total: number | undefined) => void

/** Something that is being loaded, was loaded or failed, with a way to try again. */
export interface Resource<T> {
  readonly state: Loadable<T>
  /** Resolves with the value; the same promise until a retry. */
  readonly promise: Promise<T>
  retry(): void
}

/** Starts loading at once; calls `onChange` whenever its state changes. */
export function load<T>(work: (progress: Progress) => Promise<T>, onChange: () => void): Resource<T> {
  let state: Loadable<T>
  let promise: Promise<T>
  function set(next: Loadable<T>): void {
    state = next
    onChange()
  }
  function start(): void {
    state = { status: 'loading', received: 0, total: undefined }
    promise = work((received, total) => set({ status: 'loading', received, total }))
    promise.then(
      value => set({ status: 'ready', value }),
      (error: unknown) =>
        set({ status: 'failed', message: error instanceof Error ? error.message : String(error) }),
    )
  }
  start()
  return {
    get state() {
      return state
    },
    get promise() {
      return promise
    },
    retry() {
      start()
      onChange()
    },
  }
}

/** The value, or undefined while it is loading and after a failure. */
export function ready<T>(resource: Resource<T> | undefined): T | undefined {
  return resource?.state.status === 'ready' ? resource.state.value : undefined
}

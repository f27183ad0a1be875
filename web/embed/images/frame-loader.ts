import type { Options } from '../options/attributes.ts'
import type { ElementError } from '../options/element-error.ts'
import { type FrameSource, openFrameSource, type PathInModel } from './frame-source.ts'
import type { Frames } from './frames.ts'
import type { ModelFiles } from './model-files.ts'

/** Callbacks of a frame loader. */
export interface LoaderListener {
  onFrames(frames: Frames, of: PathInModel): void
  /** No frames can be shown. Called again after a retry only if the reason is another. */
  onError(error: ElementError): void
  /** Finer frames failed; those shown before stay. */
  onWarning(error: ElementError): void
}

/** Loads the frames of one path at a time, from the first of its servers that has the model, and retries. */
export interface FrameLoader {
  /** Loads the frames of a path unless that is under way or done. @returns whether it started */
  load(options: Options): boolean
  /** Loads what smooth movement needs. */
  refine(): void
  /** Repeats a request that failed for a reason that may have passed. */
  retry(): void
  /** While it is suspended, nothing is retried by time. */
  setSuspended(suspended: boolean): void
  close(): void
}

/** Milliseconds before the first retry, which double with each to the longest. */
const FIRST_DELAY = 4000
const LONGEST_DELAY = 60_000

/** The options, besides `servers`, that decide what is fetched; the others change only how it is shown. */
const FETCHED: readonly (keyof Options)[] = ['model', 'endpoints', 'texts', 'hand', 'steps', 'path', 'engine']

/** Creates a loader, which fetches nothing before `load`. */
export function createFrameLoader(files: ModelFiles, listener: LoaderListener): FrameLoader {
  let options: Options | undefined
  let source: FrameSource | undefined
  /** The server of `source`. */
  let api = ''
  let hasFrames = false
  /** The error that a retry may mend. */
  let failure: ElementError | undefined
  let reported = ''
  let refineWanted = false
  let suspended = false
  let attempts = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  function open(server: number, firstError?: ElementError): void {
    const { servers, engine } = options as Options
    // The new source references a shared model before the old one gives it up.
    const old = source
    api = servers[server]
    hasFrames = false
    source = openFrameSource(api, options as Options, files, {
      onFrames(frames, of) {
        hasFrames = true
        if (frames.engine === 'local' || engine !== 'local') {
          failure = undefined
          reported = ''
          attempts = 0
        }
        listener.onFrames(frames, of)
      },
      onError(error) {
        hasFrames = false
        const isUnknownModel = error.detail.code === 'refused' && error.detail.attribute === 'model'
        if ((isUnknownModel || error.retryable) && server + 1 < servers.length) {
          open(server + 1, firstError ?? error)
        } else {
          fail(firstError ?? error, listener.onError)
        }
      },
      onWarning: warning => fail(warning, listener.onWarning),
    })
    old?.close()
    if (refineWanted) source.refine()
  }

  function fail(error: ElementError, report: (error: ElementError) => void): void {
    failure = error.retryable ? error : undefined
    const { message } = error.detail
    if (reported !== message) report(error)
    reported = message
    scheduleRetry()
  }

  function scheduleRetry(): void {
    clearTimeout(timer)
    if (!failure || suspended) return
    // Some randomness, so that the elements of many pages do not all meet a restarted server at once.
    const backoff = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** attempts) * (0.8 + 0.4 * Math.random())
    timer = setTimeout(retry, Math.max(backoff, failure.retryAfter))
  }

  function retry(): void {
    clearTimeout(timer)
    if (!failure || suspended) return
    failure = undefined
    attempts++
    if (hasFrames) source?.refine()
    else open(0)
  }

  /** Whether the frames of these options are loaded or on their way. More servers matter only until there are frames. */
  function isLoading(wanted: Options): boolean {
    if (!source || !options) return false
    const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
    const { servers } = options
    if (!(hasFrames ? wanted.servers.includes(api) : same(servers, wanted.servers))) return false
    return FETCHED.every(name => same(options?.[name], wanted[name]))
  }

  return {
    load(wanted) {
      const started = !isLoading(wanted)
      options = wanted
      if (!started) return false
      failure = undefined
      reported = ''
      refineWanted = false
      attempts = 0
      clearTimeout(timer)
      open(0)
      return true
    },
    refine() {
      refineWanted = true
      source?.refine()
    },
    retry,
    setSuspended(now) {
      suspended = now
      clearTimeout(timer)
      if (!suspended) retry()
    },
    close() {
      clearTimeout(timer)
      source?.close()
      source = failure = undefined
      refineWanted = false
    },
  }
}

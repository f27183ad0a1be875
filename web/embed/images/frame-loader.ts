import type { Options } from '../options/attributes.ts'
import type { ElementError } from '../options/element-error.ts'
import { type FrameSource, openFrameSource, type PathInModel } from './frame-source.ts'
import type { Frames } from './frames.ts'
import type { ModelFiles } from './model-files.ts'
import { createRetryTimer, type RetryTimer } from './retry-timer.ts'

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

/** The options, besides `servers`, that decide what is fetched; the others change only how it is shown. */
const FETCHED: readonly (keyof Options)[] = ['model', 'endpoints', 'texts', 'hand', 'steps', 'path', 'engine']

/** Names the frames that options want, from whichever server. */
const framesKey = (options: Options) => JSON.stringify(FETCHED.map(name => options[name]))

/** Creates a loader, which fetches nothing before `load`. */
export function createFrameLoader(files: ModelFiles, listener: LoaderListener): FrameLoader {
  let options: Options | undefined
  let source: FrameSource | undefined
  /** The servers that were asked, the one of `source` last. */
  let asked: string[] = []
  /** The errors that they answered with. */
  let errors: ElementError[] = []
  let state: 'loading' | 'shown' | 'failed' = 'loading'
  let refineWanted = false
  const retries = createRetryTimer(() => {
    if (state === 'failed') askServers()
    else if (state === 'shown') source?.refine()
  })
  const failures = createFailures(retries)

  function askServers(): void {
    asked = []
    errors = []
    askNextServer()
  }

  /** Asks the first server that was not asked yet. @returns false if there is none */
  function askNextServer(): boolean {
    const wanted = options as Options
    const api = wanted.servers.find(server => !asked.includes(server))
    if (api === undefined) return false
    asked.push(api)
    state = 'loading'
    // The new source references a shared model before the old one gives it up.
    const old = source
    const onWarning = (warning: ElementError) => failures.report([warning], listener.onWarning)
    source = openFrameSource(api, wanted, files, { onFrames, onError, onWarning })
    old?.close()
    if (refineWanted) source.refine()
    return true
  }

  function onFrames(frames: Frames, of: PathInModel): void {
    state = 'shown'
    if (frames.engine === 'local' || options?.engine !== 'local') failures.forget()
    listener.onFrames(frames, of)
  }

  function onError(error: ElementError): void {
    errors.push(error)
    const isUnknownModel = error.detail.code === 'refused' && error.detail.attribute === 'model'
    if ((isUnknownModel || error.retryable) && askNextServer()) return
    state = 'failed'
    failures.report(errors, listener.onError)
  }

  return {
    load(wanted) {
      const isSame = source && options && framesKey(options) === framesKey(wanted)
      options = wanted
      // Another server's script may run at any time, also while a reply is awaited: its server is asked only after a failure.
      if (isSame && wanted.servers.includes(asked[asked.length - 1])) {
        return state === 'failed' && askNextServer()
      }
      refineWanted = false
      failures.forget()
      askServers()
      return true
    },
    refine() {
      refineWanted = true
      source?.refine()
    },
    retry: retries.repeatNow,
    setSuspended: retries.setSuspended,
    close() {
      failures.forget()
      source?.close()
      source = undefined
      refineWanted = false
    },
  }
}

/** Reports failures, each reason once, and has what may succeed later repeated. */
function createFailures(retries: RetryTimer) {
  let reported = ''
  return {
    /** @param errors of the servers that were asked; the first, which is the one that the page means, is reported */
    report(errors: readonly ElementError[], callback: (error: ElementError) => void): void {
      const { message } = errors[0].detail
      if (reported !== message) callback(errors[0])
      reported = message
      if (errors.some(error => error.retryable)) retries.start(Math.max(...errors.map(e => e.retryAfter)))
      else retries.reset()
    },
    /** Has the next failure reported, whatever its reason. */
    forget(): void {
      reported = ''
      retries.reset()
    },
  }
}

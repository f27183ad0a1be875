import type { Options } from '../options/attributes.ts'
import type { ElementError } from '../options/element-error.ts'
import { type FrameSource, openFrameSource, type PathInModel } from './frame-source.ts'
import type { Frames } from './frames.ts'
import type { ModelFiles } from './model-files.ts'
import { createRetryTimer, type RetryTimer } from './retry-timer.ts'

/** What a frame loader calls. */
export interface LoaderListener {
  onFrames(frames: Frames, of: PathInModel): void
  /** No frames can be shown. After a retry it is called again only with another reason. */
  onError(error: ElementError): void
  /** The finer frames failed; the first ones stay. */
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
  /** While suspended, nothing is retried by the timer. */
  setSuspended(suspended: boolean): void
  close(): void
}

/** The options, besides `servers`, that decide what is fetched. The others change only how it is shown. */
const FETCHED: readonly (keyof Options)[] = ['model', 'endpoints', 'texts', 'hand', 'steps', 'path', 'engine']

/** A key of the frames that the options ask for, from any server. */
const framesKey = (options: Options) => JSON.stringify(FETCHED.map(name => options[name]))

/** Creates a loader; it fetches nothing before `load`. */
export function createFrameLoader(files: ModelFiles, listener: LoaderListener): FrameLoader {
  let options: Options | undefined
  let source: FrameSource | undefined
  /** The servers that have been tried; the one of `source` is the last. */
  let tried: string[] = []
  /** The errors that they replied with. */
  let errors: ElementError[] = []
  let state: 'loading' | 'shown' | 'failed' = 'loading'
  let refineWanted = false
  const retries = createRetryTimer(() => {
    if (state === 'failed') askServers()
    else if (state === 'shown') source?.refine()
  })
  const failures = createFailures(retries)

  function askServers(): void {
    tried = []
    errors = []
    tryNextServer()
  }

  /** Tries the first server that has not been tried. @returns false if there is none */
  function tryNextServer(): boolean {
    const wanted = options as Options
    const api = wanted.servers.find(server => !tried.includes(server))
    if (api === undefined) return false
    tried.push(api)
    state = 'loading'
    // The new source references a shared model before the old one releases it, so that the model is not dropped in
    // between.
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
    if ((isUnknownModel || error.retryable) && tryNextServer()) return
    state = 'failed'
    failures.report(errors, listener.onError)
  }

  return {
    load(wanted) {
      const isSame = source && options && framesKey(options) === framesKey(wanted)
      options = wanted
      // Another server's script may run at any time, also while a reply is awaited. Its server is tried only after a
      // failure.
      if (isSame && wanted.servers.includes(tried[tried.length - 1])) {
        return state === 'failed' && tryNextServer()
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

/** Reports each reason of failure once, and starts a retry if the request may succeed later. */
function createFailures(retries: RetryTimer) {
  let reported = ''
  return {
    /** @param errors of the servers that were tried. The first is reported: it is the server that the page means. */
    report(errors: readonly ElementError[], callback: (error: ElementError) => void): void {
      const { message } = errors[0].detail
      if (reported !== message) callback(errors[0])
      reported = message
      if (errors.some(error => error.retryable)) retries.start(Math.max(...errors.map(e => e.retryAfter)))
      else retries.reset()
    },
    /** Makes the next failure be reported whatever its reason. */
    forget(): void {
      reported = ''
      retries.reset()
    },
  }
}

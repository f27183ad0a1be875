import type { Options } from '../options/attributes.ts'
import type { ElementError } from '../options/element-error.ts'
import { type FrameSource, openFrameSource, type PathInModel } from './frame-source.ts'
import type { Frames } from './frames.ts'
import type { ModelFiles } from './model-files.ts'
import { createRetryTimer } from './retry-timer.ts'

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

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** Creates a loader, which fetches nothing before `load`. */
export function createFrameLoader(files: ModelFiles, listener: LoaderListener): FrameLoader {
  let options: Options | undefined
  let source: FrameSource | undefined
  /** The servers that were asked, the one of `source` last. */
  let asked: string[] = []
  /** The errors that they answered with. */
  let errors: ElementError[] = []
  let hasFrames = false
  /** Whether all servers failed. */
  let hasFailed = false
  let reported = ''
  let refineWanted = false

  const retries = createRetryTimer(() => {
    if (hasFailed) askServers()
    else if (hasFrames) source?.refine()
  })

  const nextServer = (servers: readonly string[]) => servers.find(server => !asked.includes(server))

  function askServers(): void {
    asked = []
    errors = []
    askNextServer()
  }

  /** Asks the first server that was not asked yet. @returns false if there is none */
  function askNextServer(): boolean {
    const wanted = options as Options
    const api = nextServer(wanted.servers)
    if (api === undefined) return false
    asked.push(api)
    hasFrames = hasFailed = false
    // The new source references a shared model before the old one gives it up.
    const old = source
    source = openFrameSource(api, wanted, files, { onFrames: showFrames, onError, onWarning })
    old?.close()
    if (refineWanted) source.refine()
    return true
  }

  function showFrames(frames: Frames, of: PathInModel): void {
    hasFrames = true
    if (frames.engine === 'local' || options?.engine !== 'local') {
      reported = ''
      retries.reset()
    }
    listener.onFrames(frames, of)
  }

  function onError(error: ElementError): void {
    hasFrames = false
    errors.push(error)
    const isUnknownModel = error.detail.code === 'refused' && error.detail.attribute === 'model'
    if ((isUnknownModel || error.retryable) && askNextServer()) return
    hasFailed = true
    // The first server is the one that the page meant.
    report(errors[0], listener.onError)
    retryAfter(errors)
  }

  function onWarning(warning: ElementError): void {
    report(warning, listener.onWarning)
    retryAfter([warning])
  }

  function report(error: ElementError, callback: (error: ElementError) => void): void {
    const { message } = error.detail
    if (reported !== message) callback(error)
    reported = message
  }

  function retryAfter(errors: readonly ElementError[]): void {
    const delays = errors.filter(error => error.retryable).map(error => error.retryAfter)
    if (delays.length > 0) retries.start(Math.max(...delays))
    else retries.reset()
  }

  /** Whether frames of the same kind are shown, on their way or failed, and from a server that is still wanted. */
  function isLoaded(wanted: Options): boolean {
    const server = asked.at(-1)
    if (!source || !server || !wanted.servers.includes(server)) return false
    return FETCHED.every(name => isSame(options?.[name], wanted[name]))
  }

  return {
    load(wanted) {
      const isOther = !isLoaded(wanted)
      options = wanted
      // Another server's script may run at any time, also while a reply is awaited: its server is asked only after a failure.
      if (!isOther) return hasFailed && askNextServer()
      reported = ''
      refineWanted = false
      retries.reset()
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
      retries.reset()
      source?.close()
      source = undefined
      refineWanted = false
    },
  }
}

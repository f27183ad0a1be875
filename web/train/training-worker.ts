import type { Command, Report, TrainerEngine } from './messages.ts'
import type { TrainingState } from './training-state.ts'

/** A worker that trains. */
export interface TrainingWorker {
  send(command: Command): void
  close(): void
}

/** What a worker tells the page; nothing after `close` or `onLost`. */
export interface TrainingWorkerEvents {
  onReport(report: Report): void
  /** The worker threw an error, could not be started, or has been silent for too long. */
  onLost(reason: string): void
  /** The phase of the training. A worker may be silent only while it is paused. */
  phase(): TrainingState['phase']
}

/**
 * The worker is checked every `every` milliseconds. It is lost after being silent at more checks than this; while it
 * opens it may fetch 14 MB.
 */
const WATCH = { every: 5000, silent: { opening: 36, running: 12 } }

/** Starts a worker that trains, and reports it as lost if it is silent for too long. */
export function openTrainingWorker(engine: TrainerEngine, events: TrainingWorkerEvents): TrainingWorker {
  const worker = createWorker(engine)
  let open = true
  let silentFor = 0
  const watch = setInterval(() => {
    const phase = events.phase()
    if (phase !== 'opening' && phase !== 'running') return
    if (++silentFor > WATCH.silent[phase]) lose('The part of the page that trains no longer answers.')
  }, WATCH.every)

  function close(): void {
    open = false
    clearInterval(watch)
    worker.terminate()
  }

  function lose(reason: string): void {
    close()
    events.onLost(reason)
  }

  worker.addEventListener('error', event => {
    event.preventDefault()
    if (open) lose(describeError(event))
  })
  worker.addEventListener('message', ({ data: report }: MessageEvent<Report>) => {
    // Messages sent before the worker was closed may still arrive.
    if (!open) return
    silentFor = 0
    if (report.type === 'lost') lose(report.message)
    else events.onReport(report)
  })
  return { send: command => worker.postMessage(command), close }
}

function createWorker(engine: TrainerEngine): Worker {
  // Vite bundles a worker only where its URL is written literally.
  return engine === 'wasm'
    ? new Worker(new URL('./worker/wasm-training.worker.ts', import.meta.url), { type: 'module' })
    : new Worker(new URL('./worker/webgpu-training.worker.ts', import.meta.url), { type: 'module' })
}

/** The error of a worker, in a sentence. */
function describeError({ message }: ErrorEvent): string {
  if (!message) return 'The part of the page that trains could not be started.'
  return `Training stopped: ${message.replace(/^Uncaught (Error: )?/, '').replace(/\.$/, '')}.`
}

import type { Command, Report, TrainerEngine } from './messages.ts'
import type { TrainingState } from './training-state.ts'

/** A worker that trains, watched for the ways in which it can end. */
export interface TrainingWorker {
  send(command: Command): void
  close(): void
}

/** What a worker tells the page. Nothing comes after `close` or `onLost`. */
export interface TrainingWorkerEvents {
  onReport(report: Report): void
  /** It threw an error, could not be started, or is silent. */
  onLost(reason: string): void
  /** The training's phase: a worker that opens or runs and stays silent is gone; at the start it may fetch 14 MB. */
  phase(): TrainingState['phase']
}

/** Milliseconds between looks at the worker, and in how many of them it may be silent. */
const WATCH = { every: 5000, silent: { opening: 36, running: 12 } }

/** Starts a worker that trains, and watches it: a worker that stays silent for too long counts as lost. */
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
    // Messages that were sent before the worker was closed may arrive after that.
    if (!open) return
    silentFor = 0
    if (report.type === 'lost') lose(report.message)
    else events.onReport(report)
  })
  return { send: command => worker.postMessage(command), close }
}

function createWorker(engine: TrainerEngine): Worker {
  // Vite finds workers where a URL is written out like this.
  return engine === 'wasm'
    ? new Worker(new URL('./worker/wasm-training.worker.ts', import.meta.url), { type: 'module' })
    : new Worker(new URL('./worker/webgpu-training.worker.ts', import.meta.url), { type: 'module' })
}

/** What went wrong in a worker, in a sentence. */
function describeError({ message }: ErrorEvent): string {
  if (!message) return 'The part of the page that trains could not be started.'
  return `Training stopped: ${message.replace(/^Uncaught (Error: )?/, '').replace(/\.$/, '')}.`
}

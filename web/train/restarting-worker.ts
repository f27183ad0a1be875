import type { Command, Report, TrainerEngine } from './messages.ts'
import { openTrainingWorker, type TrainingWorker, type TrainingWorkerEvents } from './training-worker.ts'

/** What happens to a worker, and to those that take its place. */
export interface ReplacedWorkerEvents extends Pick<TrainingWorkerEvents, 'onReport' | 'phase'> {
  /** The command that each worker is sent first. */
  opening(): Command
  /** A worker was lost, and another has been started. */
  onReplaced(reason: string): void
  /** A worker was lost before it took a step after the one before it was lost: there is none any more. */
  onEnded(reason: string): void
}

/** A worker that trains. When it dies, stays silent, or loses its graphics device, another one takes its place. */
export function openReplacedWorker(engine: TrainerEngine, events: ReplacedWorkerEvents): TrainingWorker {
  /** Whether a step was taken since a worker was replaced. */
  let advanced = true
  let worker = start()

  function start(): TrainingWorker {
    const opened = openTrainingWorker(engine, {
      onReport(report: Report) {
        if (report.type === 'progress') advanced = true
        events.onReport(report)
      },
      onLost(reason) {
        if (!advanced) {
          events.onEnded(reason)
          return
        }
        advanced = false
        worker = start()
        events.onReplaced(reason)
      },
      phase: events.phase,
    })
    opened.send(events.opening())
    return opened
  }

  return { send: command => worker.send(command), close: () => worker.close() }
}

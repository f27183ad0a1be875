import type { Command, Report, TrainerEngine } from './messages.ts'
import { openTrainingWorker, type TrainingWorker, type TrainingWorkerEvents } from './training-worker.ts'

/** What happens to a worker and to its replacements. */
export interface RestartingWorkerEvents extends Pick<TrainingWorkerEvents, 'onReport' | 'phase'> {
  /** The first command for each worker. */
  opening(): Command
  /** A worker was lost, and another one has been started. */
  onRestarted(reason: string): void
  /** A replacement was lost before it took a step: no other is started. */
  onGivenUp(reason: string): void
}

/** Opens a worker that trains, and replaces it when it dies, stays silent, or loses its graphics device. */
export function openRestartingWorker(engine: TrainerEngine, events: RestartingWorkerEvents): TrainingWorker {
  /** Whether the present worker has taken a step. */
  let hasAdvanced = true
  let worker = start()

  function start(): TrainingWorker {
    const opened = openTrainingWorker(engine, {
      onReport(report: Report) {
        if (report.type === 'progress') hasAdvanced = true
        events.onReport(report)
      },
      onLost(reason) {
        if (!hasAdvanced) {
          events.onGivenUp(reason)
          return
        }
        hasAdvanced = false
        worker = start()
        events.onRestarted(reason)
      },
      phase: events.phase,
    })
    opened.send(events.opening())
    return opened
  }

  return { send: command => worker.send(command), close: () => worker.close() }
}

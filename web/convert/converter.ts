import type { Command, Report } from './messages.ts'

/** The worker that converts. */
export interface Converter {
  /** Sends a command; unfinished work is cancelled. */
  ask(command: Command): void
  /** Cancels unfinished work, and drops the converted model from the worker's memory. */
  cancel(): void
}

/** Starts the worker. @param onReport called with its reports, except those of cancelled work */
export function openConverter(onReport: (report: Report) => void): Converter {
  let worker: Worker | undefined
  let busy = false
  function start(): Worker {
    const started = new Worker(new URL('./convert.worker.ts', import.meta.url), { type: 'module' })
    started.addEventListener('message', ({ data }: MessageEvent<Report>) => {
      if (worker !== started) return
      busy = data.type === 'progress'
      onReport(data)
    })
    started.addEventListener('error', event => {
      if (worker !== started) return
      stop()
      // Chromium reports a worker that ran out of memory without a message.
      const reason =
        event.message || 'it may have run out of memory (the command tfjs2onnx has no such limit)'
      onReport({
        type: 'failed',
        message: `The conversion has stopped: ${reason}. Choose the files again to start it anew.`,
      })
    })
    return started
  }
  function stop(): void {
    worker?.terminate()
    worker = undefined
    busy = false
  }
  return {
    ask(command) {
      if (busy) stop()
      worker ??= start()
      busy = true
      worker.postMessage(command)
    },
    cancel: stop,
  }
}

import type { Until } from '../messages.ts'

/** Lets a training loop run, pause it, or run it up to the next step or epoch. */
export interface RunControl {
  play(until: Until): void
  pause(): void
  /** Resolves while the loop may run: at once, or when it is resumed. */
  whenRunning(): Promise<void>
  /** Whether the loop is to pause after the next step. */
  isSingleStep(): boolean
  /** The loop calls these after steps and after an epoch. They pause it there if that was asked for. */
  stopAfterSteps(): void
  stopAfterEpoch(): void
  /** Milliseconds spent paused, in all. */
  pausedMs(): number
}

/** Creates the control of a loop, paused. @param onPause called when the loop is paused */
export function createRunControl(onPause: () => void): RunControl {
  let mode: 'paused' | Until = 'paused'
  let resume: (() => void) | undefined
  let since = performance.now()
  let total = 0
  const stop = () => {
    if (mode === 'paused') return
    mode = 'paused'
    since = performance.now()
    onPause()
  }
  return {
    play(until) {
      if (mode === 'paused') total += performance.now() - since
      mode = until
      resume?.()
      resume = undefined
    },
    pause: stop,
    async whenRunning() {
      while (mode === 'paused') {
        await new Promise<void>(resolve => {
          resume = resolve
        })
      }
    },
    isSingleStep: () => mode === 'step',
    stopAfterSteps() {
      if (mode === 'step') stop()
    },
    stopAfterEpoch() {
      if (mode === 'epoch') stop()
    },
    pausedMs: () => total,
  }
}

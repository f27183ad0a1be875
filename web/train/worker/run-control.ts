import type { Until } from '../messages.ts'

/** Lets a training loop run, wait, or run up to a point that was asked for. */
export interface Pace {
  play(until: Until): void
  pause(): void
  /** Settles at once while running; otherwise when it is to go on. */
  ready(): Promise<void>
  /** Whether it stops after the next step. */
  stepwise(): boolean
  /** To be called after steps and after an epoch: waits there if that was asked for. */
  endCall(): void
  endEpoch(): void
  /** Milliseconds spent waiting, in all. */
  paused(): number
}

/** A pace that waits at first. @param onPause called when it stops by itself or on request */
export function openPace(onPause: () => void): Pace {
  let mode: 'waiting' | Until = 'waiting'
  let wake: (() => void) | undefined
  let since = performance.now()
  let total = 0
  const wait = () => {
    if (mode === 'waiting') return
    mode = 'waiting'
    since = performance.now()
    onPause()
  }
  return {
    play(until) {
      if (mode === 'waiting') total += performance.now() - since
      mode = until
      wake?.()
      wake = undefined
    },
    pause: wait,
    async ready() {
      while (mode === 'waiting') {
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
    },
    stepwise: () => mode === 'step',
    endCall() {
      if (mode === 'step') wait()
    },
    endEpoch() {
      if (mode === 'epoch') wait()
    },
    paused: () => total,
  }
}

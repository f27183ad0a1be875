import type { RunState } from '../generate/protocol.ts'
import type { Records } from '../result/records.ts'
import { formatSecond } from './terminal.ts'

/** Shows the progress of a run on standard error. */
export interface ProgressDisplay {
  /** For a run in this process: `now` in milliseconds from the start of the count. */
  showSecond(records: Records, now: number): void
  /** For a distributed run: the state of each generator; null for one that does not answer. */
  showStates(states: readonly (RunState | null)[]): void
}

/** Creates a display with one line, which is overwritten on a terminal; elsewhere it is printed every ten seconds. */
export function createProgressDisplay(): ProgressDisplay {
  let shownSecond = Number.NaN

  function show(line: string, second: number): void {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`)
    else if (second % 10 === 0) console.error(line)
  }

  return {
    showSecond: (records, now) => show(formatSecond(records, now), Math.round(now / 1000)),
    showStates(states) {
      const second = Math.floor(performance.now() / 1000)
      if (second === shownSecond) return
      shownSecond = second
      show(formatStates(states), second)
    },
  }
}

function formatStates(states: readonly (RunState | null)[]): string {
  const alive = states.filter(state => state !== null)
  const sum = (read: (state: RunState) => number) =>
    alive.reduce((total, state) => total + read(state), 0).toLocaleString('en')
  const lost = states.length - alive.length
  return (
    `${sum(state => state.sent)} sent, in flight ${sum(state => state.inFlight)}, failed ${sum(state => state.failed)}` +
    (lost > 0 ? `, ${lost} generators lost` : '')
  )
}

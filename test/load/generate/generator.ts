import { performance } from 'node:perf_hooks'
import { createRng } from '../../../models/random.ts'
import type { Client } from '../client/client.ts'
import type { Outcome } from '../client/outcome.ts'
import type { RequestMix } from '../client/request-kind.ts'
import { fillRequest } from '../requests/template.ts'
import { emptyRecords, type Records, recordOutcome } from '../result/records.ts'
import type { Arrivals } from '../schedule/arrivals.ts'

/** Options of one generator of load. */
export interface GeneratorOptions {
  arrivals: Arrivals
  mix: RequestMix
  seed: number
  /**
   * Labels of the random stream of the placeholders' values. They differ between runs: otherwise a second run would
   * find the replies of the first in the server's cache.
   */
  drawLabels: readonly (string | number)[]
  client: Client
  /** Arrivals that find so many requests in flight are not sent, and count as failed. */
  maxInFlight: number
  /** `performance.now()` at the start of the count. */
  zero: number
  /** Ends the run early. */
  signal?: AbortSignal
  /** Called with the records so far, about once a second. */
  onSecond?: (records: Records, now: number) => void
}

/** How long requests in flight may still take when a run is ended early, in milliseconds. */
const GRACE = 1000

/**
 * Sends each request at its scheduled time, whether or not earlier ones have been answered (an open loop), and waits
 * for the last replies.
 */
export async function generateLoad(options: GeneratorOptions): Promise<Records> {
  const { arrivals, mix, client, maxInFlight, zero, signal, onSecond } = options
  const records = emptyRecords(arrivals.times, arrivals.kinds)
  const now = () => performance.now() - zero
  const uniform = createRng(options.seed, 'requests', ...options.drawLabels)
  let inFlight = 0
  let onIdle: (() => void) | undefined
  const ticker = onSecond && setInterval(() => onSecond(records, now()), 1000)
  const send = (i: number) => {
    const kind = mix.kinds[arrivals.kinds[i]]
    const end = (outcome: Outcome) => recordOutcome(records, i, now(), outcome, kind.name)
    records.sent[i] = now()
    if (inFlight >= maxInFlight) {
      end({ failure: 'unsent', detail: `${maxInFlight} requests were in flight`, bytes: 0 })
      return
    }
    inFlight++
    client.send(kind, fillRequest(kind, mix.values, uniform), outcome => {
      end(outcome)
      if (--inFlight === 0) onIdle?.()
    })
  }
  while (records.count < arrivals.times.length && !signal?.aborted) {
    await waitUntil(zero + arrivals.times[records.count], signal)
    while (records.count < arrivals.times.length && arrivals.times[records.count] <= now()) {
      if (signal?.aborted) break
      send(records.count++)
    }
  }
  await new Promise<void>(resolve => {
    if (inFlight === 0) return resolve()
    onIdle = resolve
    const leave = () => setTimeout(resolve, GRACE)
    if (signal?.aborted) leave()
    else signal?.addEventListener('abort', leave, { once: true })
  })
  clearInterval(ticker)
  return records
}

/**
 * Waits until `performance.now()` reaches `due`. Timers are up to a millisecond late, which is longer than many replies
 * take, so the last 1.2 ms are spent polling while the event loop goes on. From about 800 arrivals a second on this
 * takes a whole core.
 */
function waitUntil(due: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise(resolve => {
    let timer: NodeJS.Timeout | undefined
    const stop = () => {
      clearTimeout(timer)
      resolve()
    }
    const look = () => {
      const left = due - performance.now()
      if (left <= 0 || signal?.aborted) {
        signal?.removeEventListener('abort', stop)
        resolve()
      } else if (left < 1.2) setImmediate(look)
      else timer = setTimeout(look, left - 1.2)
    }
    signal?.addEventListener('abort', stop, { once: true })
    look()
  })
}

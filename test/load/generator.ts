import { performance } from 'node:perf_hooks'
import { createRng, type Uniform } from '../../models/random.ts'
import { type Client, FAILURES, type Outcome } from './client.ts'
import { type Entry, fillPath } from './mix.ts'
import type { Plan } from './plan.ts'

/** Every request of a run, a column each; times in milliseconds from the start of the count. */
export interface Records {
  /** Arrivals that came up before the run ended: the columns' first `count` rows are used. */
  count: number
  entries: Uint8Array
  scheduled: Float64Array
  /** When the request was really given to the client. */
  sent: Float64Array
  /** When the answer was whole or given up; NaN if the run ended first. */
  ended: Float64Array
  /** 0: as expected; k: FAILURES[k - 1]. */
  failures: Uint8Array
  bytes: Uint32Array
  /** The first few failures in words, by entry and kind. */
  details: Map<string, string>
}

export interface Drive {
  plan: Plan
  mix: readonly Entry[]
  model: string
  seed: number
  /**
   * Parameters of requests are drawn from this and the seed. Another one for each run, or a second run would find the
   * answers of the first in the server's cache.
   */
  occasion: string
  client: Client
  /** Arrivals that find so many in flight are not sent, and counted as failed. */
  maxInFlight: number
  /** Ends the run early. */
  signal?: AbortSignal
  /** `performance.now()` at the plan's first arrival; by default as soon as possible. */
  begin?: number
  /** Called with the records as they stand, about once a second. */
  onSecond?: (records: Records, now: number) => void
}

/** What is given to requests in flight when a run is ended early, in milliseconds. */
const GRACE = 1000

/**
 * Sends every request of the plan at its time, whether or not those before it were answered (an open loop), and waits
 * for the last answers.
 */
export async function drive(options: Drive): Promise<Records> {
  const { plan, maxInFlight, signal, onSecond } = options
  const records = emptyRecords(plan)
  const zero = (options.begin ?? performance.now() + 20) - (plan.times[0] ?? 0)
  const now = () => performance.now() - zero
  const uniform = createRng(options.seed, 'paths', options.occasion)
  let inFlight = 0
  let idle: (() => void) | undefined
  const ticker = onSecond && setInterval(() => onSecond(records, now()), 1000)
  while (records.count < plan.times.length && !signal?.aborted) {
    await waitUntil(zero + plan.times[records.count], signal)
    while (records.count < plan.times.length && plan.times[records.count] <= now() && !signal?.aborted) {
      const i = records.count++
      records.sent[i] = now()
      const ended = (outcome: Outcome) => note(records, options.mix, i, now(), outcome)
      if (inFlight >= maxInFlight) {
        ended({ failure: 'unsent', detail: `${maxInFlight} were in flight`, bytes: 0 })
        continue
      }
      inFlight++
      send(options, i, uniform, outcome => {
        ended(outcome)
        if (--inFlight === 0) idle?.()
      })
    }
  }
  await new Promise<void>(resolve => {
    if (inFlight === 0) return resolve()
    idle = resolve
    const leave = () => setTimeout(resolve, GRACE)
    if (signal?.aborted) leave()
    else signal?.addEventListener('abort', leave, { once: true })
  })
  clearInterval(ticker)
  return records
}

function send(
  { plan, mix, model, client }: Drive,
  i: number,
  uniform: Uniform,
  done: (o: Outcome) => void,
): void {
  const entry = mix[plan.entries[i]]
  client.send(entry, fillPath(entry.path, model, uniform), done)
}

function emptyRecords({ times, entries }: Plan): Records {
  const n = times.length
  return {
    count: 0,
    entries,
    scheduled: times,
    sent: new Float64Array(n),
    ended: new Float64Array(n).fill(Number.NaN),
    failures: new Uint8Array(n),
    bytes: new Uint32Array(n),
    details: new Map(),
  }
}

function note(records: Records, mix: readonly Entry[], i: number, now: number, outcome: Outcome): void {
  records.ended[i] = now
  records.bytes[i] = outcome.bytes
  if (!outcome.failure) return
  records.failures[i] = FAILURES.indexOf(outcome.failure) + 1
  const key = `${mix[records.entries[i]].name}: ${outcome.failure}`
  if (records.details.size < 100 && !records.details.has(key))
    records.details.set(key, outcome.detail ?? outcome.failure)
}

/**
 * Waits until `performance.now()` reaches `due`. A timer is up to a millisecond late, more than many an answer takes,
 * so the last stretch is spent polling, between which the event loop goes round.
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

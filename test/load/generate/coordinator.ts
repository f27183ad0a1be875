import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { openClient } from '../client/client.ts'
import { type Target, TargetError } from '../client/target.ts'
import { decodeRecords, mergeRecords, type Records } from '../result/records.ts'
import type { Generator, Latency, LoadResult } from '../result/result.ts'
import { epochNow } from './agent.ts'
import { type LoadPlan, makeResult } from './make-result.ts'
import { encodeMix, PROTOCOL, RunState } from './protocol.ts'
import { tryEachKind } from './run.ts'

/** Options of a distributed run. */
export interface DistributedOptions extends LoadPlan {
  target: Target
  insecure?: boolean
  /** Addresses of the agents. */
  agents: readonly string[]
  token?: string
  signal?: AbortSignal
  onFirstReplies?: (faults: string[]) => void
  /** Called about once a second with each agent's state; null for one that does not answer. */
  onStates?: (states: readonly (RunState | null)[]) => void
  /** Called when the agents have their orders, with the start of the count in milliseconds since the epoch. */
  onStart?: (startAt: number) => void
  onRecords?: (records: Records, started: Date) => void
}

/** Time to give all agents their orders before the first arrival, in milliseconds. */
const LEAD = 1000
/** Milliseconds without an answer after which an agent counts as lost. */
const LOST_AFTER = 10_000
const CLOCK_PROBES = 9
const NO_LAG: Latency = { p50: null, p90: null, p99: null, p999: null, max: null, mean: null }

/** An agent during a run. */
interface Agent {
  url: string
  skew: number
  roundTrip: number
  run: string
  state: RunState | null
  lastSeen: number
  lost: boolean
}

/**
 * Runs a profile from several agents that start together: one schedule of arrivals is dealt out to them, and their raw
 * records are merged, so that quantiles are exact. An agent that stops answering is lost: the others go on, and the
 * result says that its requests are missing.
 *
 * @throws TargetError when the target or an agent does not answer, or an agent refuses the run
 */
export async function runDistributed(options: DistributedOptions): Promise<LoadResult> {
  const { target, mix, profile, signal } = options
  const client = openClient(target, options.timeout, options.insecure)
  try {
    options.onFirstReplies?.(await tryEachKind(client, mix, target.url.href, signal))
  } finally {
    client.close()
  }
  const ask = makeAsk(options.token)
  const clocks = await Promise.all(options.agents.map(url => measureClock(ask, url)))
  const startAt = epochNow() + LEAD + 1000 * profile.warmup
  const started = new Date(startAt)
  const agents = await Promise.all(
    options.agents.map((url, index) =>
      orderRun(ask, url, clocks[index], options, index, startAt, started.toISOString()),
    ),
  )
  options.onStart?.(startAt)
  const stop = () => {
    for (const { url, run } of agents) ask(`${url}/runs/${run}`, { method: 'DELETE' }).catch(() => {})
  }
  signal?.addEventListener('abort', stop, { once: true })
  await followAgents(ask, agents, options.onStates)
  signal?.removeEventListener('abort', stop)
  const parts = await Promise.all(agents.map(agent => fetchRecords(ask, agent)))
  const records = mergeRecords(parts.filter(part => part !== null))
  options.onRecords?.(records, started)
  return makeResult(options, {
    target: target.url.href,
    records,
    generators: agents.map(describeAgent),
    started,
    interrupted: signal?.aborted === true,
    elapsed: Math.max(0, ...agents.map(agent => agent.state?.elapsed ?? 0)),
  })
}

type Ask = (url: string, init?: RequestInit) => Promise<Response>

function makeAsk(token: string | undefined): Ask {
  const headers = { ...(token !== undefined && { authorization: `Bearer ${token}` }) }
  return async (url, init = {}) => {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(5000),
      ...init,
      headers: { ...headers, ...(init.body ? { 'content-type': 'application/json' } : {}) },
    })
    if (!response.ok) throw new TargetError(`${url}: ${response.status}: ${await response.text()}`)
    return response
  }
}

/**
 * Measures how far an agent's clock is ahead of this one's, by the probe with the shortest round trip, on the
 * assumption that both ways take equally long (as NTP does). The error is at most half that round trip.
 */
async function measureClock(ask: Ask, url: string): Promise<{ skew: number; roundTrip: number }> {
  let best = { skew: 0, roundTrip: Number.POSITIVE_INFINITY }
  for (let i = 0; i < CLOCK_PROBES; i++) {
    const sent = epochNow()
    const response = await ask(`${url}/clock`).catch((error: Error) => {
      if (error instanceof TargetError) throw error
      throw new TargetError(
        `No agent answers at ${url} (${(error.cause as Error)?.message ?? error.message})`,
      )
    })
    const { now } = z.object({ now: z.number() }).parse(await response.json())
    const received = epochNow()
    const roundTrip = received - sent
    if (roundTrip < best.roundTrip) best = { skew: now - (sent + received) / 2, roundTrip }
  }
  return best
}

async function orderRun(
  ask: Ask,
  url: string,
  clock: { skew: number; roundTrip: number },
  options: DistributedOptions,
  index: number,
  startAt: number,
  runId: string,
): Promise<Agent> {
  const { target, mix, profile, scale, spacing, seed, timeout, maxInFlight, insecure, agents } = options
  const order = {
    protocol: PROTOCOL,
    target: target.url.href,
    insecure: insecure === true,
    mix: encodeMix(mix),
    profile,
    scale,
    spacing,
    seed,
    timeout,
    maxInFlight,
    index,
    count: agents.length,
    startAt: startAt + clock.skew,
    runId,
  }
  const response = await ask(`${url}/runs`, { method: 'POST', body: JSON.stringify(order) })
  const { id } = z.object({ id: z.string() }).parse(await response.json())
  return { url, ...clock, run: id, state: null, lastSeen: performance.now(), lost: false }
}

/** Follows the agents until each is done or lost. */
async function followAgents(
  ask: Ask,
  agents: readonly Agent[],
  onStates: DistributedOptions['onStates'],
): Promise<void> {
  const isActive = (agent: Agent) => !agent.lost && (agent.state?.state ?? 'running') === 'running'
  while (agents.some(isActive)) {
    await sleep(200)
    await Promise.all(
      agents.filter(isActive).map(async agent => {
        try {
          const response = await ask(`${agent.url}/runs/${agent.run}`)
          agent.state = RunState.parse(await response.json())
          agent.lastSeen = performance.now()
          agent.lost = agent.state.state === 'failed'
        } catch {
          agent.lost = performance.now() - agent.lastSeen > LOST_AFTER
        }
      }),
    )
    onStates?.(agents.map(agent => (agent.lost ? null : agent.state)))
  }
}

/** An agent's records; null, and the agent marked as lost, when it does not answer. */
async function fetchRecords(ask: Ask, agent: Agent): Promise<Records | null> {
  if (agent.lost) return null
  try {
    const response = await ask(`${agent.url}/runs/${agent.run}/records`, {
      signal: AbortSignal.timeout(60_000),
    })
    return decodeRecords(Buffer.from(await response.arrayBuffer()))
  } catch {
    agent.lost = true
    return null
  }
}

function describeAgent({ url, skew, roundTrip, state, lost }: Agent): Generator {
  return {
    name: url,
    requests: lost ? 0 : (state?.sent ?? 0),
    cores: state?.cores ?? 0,
    connections: state?.connections ?? 0,
    resent: state?.resent ?? 0,
    lag: state?.lag ?? NO_LAG,
    clock: { skew, roundTrip },
    lost,
  }
}

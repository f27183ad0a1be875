import { randomUUID, timingSafeEqual } from 'node:crypto'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { type Client, openClient } from '../client/client.ts'
import { isLoopback, resolveTarget } from '../client/target.ts'
import { encodeRecords, type Records } from '../result/records.ts'
import { summarizeRecords } from '../result/summary.ts'
import { dealArrivals, scheduleArrivals } from '../schedule/arrivals.ts'
import { decodeMix, RunOrder, type RunState } from './protocol.ts'
import { measureGenerator } from './run.ts'

/** Options of an agent. */
export interface AgentOptions {
  host: string
  port: number
  /** Needed by coordinators to give orders; required unless `host` is loopback. */
  token?: string
  /** A host that is not this machine and that this agent may load. */
  allowedTarget?: string
}

/** A run of this agent. */
interface AgentRun {
  state: RunState
  stop: AbortController
  records: Buffer | null
}

/**
 * Starts an agent: a generator that takes its part of a run from a coordinator over HTTP. It checks by itself what it
 * may load, independently of the coordinator.
 *
 * @throws RangeError when it would listen to other machines without a token
 */
export async function startAgent(options: AgentOptions): Promise<{ url: string; close(): Promise<void> }> {
  const { host, port, token } = options
  if (token === undefined && !isLoopback(host, host.includes(':') ? 6 : 4) && host !== 'localhost') {
    throw new RangeError(`--host ${host}: expected --token too, since other machines could give orders`)
  }
  const runs = new Map<string, AgentRun>()
  const app = new Hono()
  app.use(async (c, next) =>
    token !== undefined && !isToken(c.req.header('authorization'), token)
      ? c.text("expected the agent's token: Authorization: Bearer …", 401)
      : next(),
  )
  app.get('/clock', c => c.json({ now: epochNow() }))
  app.post('/runs', async c => {
    const order = RunOrder.safeParse(await c.req.json().catch(() => null))
    if (!order.success) {
      const [issue] = order.error.issues
      return c.text(`expected a run order of protocol 1: ${issue.path.join('.')}: ${issue.message}`, 400)
    }
    if ([...runs.values()].some(run => run.state.state === 'running')) {
      return c.text('a run is under way on this agent', 409)
    }
    const id = randomUUID()
    try {
      runs.clear()
      runs.set(id, await startRun(order.data, options.allowedTarget))
    } catch (error) {
      return c.text((error as Error).message, 403)
    }
    return c.json({ id }, 201)
  })
  app.get('/runs/:id', c => {
    const run = runs.get(c.req.param('id'))
    return run ? c.json(run.state) : c.text('no such run', 404)
  })
  app.get('/runs/:id/records', c => {
    const records = runs.get(c.req.param('id'))?.records
    return records ? c.body(new Uint8Array(records)) : c.text('no records: the run has not ended', 404)
  })
  app.delete('/runs/:id', c => {
    runs.get(c.req.param('id'))?.stop.abort()
    return c.body(null, 204)
  })
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: host, port }, info => {
      const close = () =>
        new Promise<void>(done => {
          for (const run of runs.values()) run.stop.abort()
          server.close(() => done())
        })
      resolve({ url: `http://${host.includes(':') ? `[${host}]` : host}:${info.port}`, close })
    })
    server.on('error', reject)
  })
}

/** Milliseconds since the epoch, to a microsecond. */
export function epochNow(): number {
  return performance.timeOrigin + performance.now()
}

async function startRun(order: RunOrder, allowed: string | undefined): Promise<AgentRun> {
  const target = await resolveTarget(order.target, allowed)
  const client = openClient(target, order.timeout, order.insecure)
  const stop = new AbortController()
  const run: AgentRun = {
    stop,
    records: null,
    state: {
      state: 'running',
      error: null,
      sent: 0,
      inFlight: 0,
      failed: 0,
      cores: 0,
      connections: 0,
      resent: 0,
      elapsed: 0,
      lag: null,
    },
  }
  generatePart(order, client, run)
    .catch((error: Error) => Object.assign(run.state, { state: 'failed', error: error.message }))
    .finally(() => client.close())
  return run
}

async function generatePart(order: RunOrder, client: Client, run: AgentRun): Promise<void> {
  const mix = decodeMix(order.mix)
  const weights = mix.kinds.map(kind => kind.weight)
  const whole = scheduleArrivals(order.profile, weights, order.spacing, order.seed)
  const arrivals = dealArrivals(whole, order.index, order.count)
  const zero = order.startAt - performance.timeOrigin
  const onSecond = (records: Records) => Object.assign(run.state, countRecords(records))
  const options = { ...order, mix, signal: run.stop.signal, onSecond }
  const labels = [order.runId, order.index]
  const { records, cores, elapsed } = await measureGenerator(options, client, arrivals, zero, labels)
  run.records = encodeRecords(records)
  Object.assign(run.state, countRecords(records), {
    state: 'done',
    cores,
    elapsed,
    connections: client.connections(),
    resent: client.resent(),
    lag: summarizeRecords(records, [], 0).lag,
  })
}

function countRecords({ count, ended, failures }: Records): Pick<RunState, 'sent' | 'inFlight' | 'failed'> {
  let [inFlight, failed] = [0, 0]
  for (let i = 0; i < count; i++) {
    if (Number.isNaN(ended[i])) inFlight++
    else if (failures[i] > 0) failed++
  }
  return { sent: count, inFlight, failed }
}

function isToken(header: string | undefined, token: string): boolean {
  const [given, expected] = [Buffer.from(header ?? ''), Buffer.from(`Bearer ${token}`)]
  return given.length === expected.length && timingSafeEqual(given, expected)
}

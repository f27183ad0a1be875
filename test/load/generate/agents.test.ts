import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { resolveTarget, type Target } from '../client/target.ts'
import { startAgent } from './agent.ts'
import { runDistributed } from './coordinator.ts'
import { type LocalAgents, startLocalAgents } from './local-agents.ts'

const RATE = 50

/** When requests came in, in milliseconds. */
const arrivals: number[] = []
let server: Server
let target: Target
let agents: LocalAgents
beforeAll(async () => {
  server = createServer((_, response) => {
    arrivals.push(performance.now())
    response.end('ok')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  target = await resolveTarget(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  agents = await startLocalAgents(2)
})
afterAll(() => {
  agents.close()
  server.closeAllConnections()
  server.close()
})

const plan = (urls: readonly string[], seconds: number) => ({
  target,
  agents: urls,
  profile: { name: 'test', summary: '', warmup: 0.2, stages: [{ seconds, rate: RATE }] },
  scale: 1,
  spacing: 'constant' as const,
  seed: 1,
  mix: {
    name: 'one',
    kinds: [{ name: 'ok', weight: 1, method: 'GET' as const, path: '/', expect: { status: 200, body: {} } }],
    values: {},
  },
  timeout: 5000,
  maxInFlight: 1000,
})

/** Starts an agent as if its machine's clock were ahead: the times that it reports and receives are shifted. */
async function startAgentAhead(ms: number): Promise<{ url: string; close(): Promise<void> }> {
  const agent = await startAgent({ host: '127.0.0.1', port: 0 })
  const forward = async (request: IncomingMessage) => {
    const sent = await text(request)
    const order = sent && JSON.parse(sent)
    const body = order && JSON.stringify({ ...order, startAt: order.startAt - ms })
    const headers = { 'content-type': 'application/json' }
    return fetch(agent.url + request.url, { method: request.method, ...(body && { body, headers }) })
  }
  const shifted = createServer(async (request, response) => {
    const answer = await forward(request)
    const bytes = Buffer.from(await answer.arrayBuffer())
    response.statusCode = answer.status
    const isClock = request.url === '/clock'
    response.end(isClock ? JSON.stringify({ now: JSON.parse(bytes.toString()).now + ms }) : bytes)
  }).listen(0, '127.0.0.1')
  await once(shifted, 'listening')
  return {
    url: `http://127.0.0.1:${(shifted.address() as AddressInfo).port}`,
    async close() {
      shifted.closeAllConnections()
      shifted.close()
      await agent.close()
    },
  }
}

test('an agent whose clock is five seconds ahead starts with the others, and its skew is in the result', async () => {
  const ahead = await startAgentAhead(5000)
  arrivals.length = 0
  const { requests, failed, generators } = await runDistributed(plan([agents.urls[0], ahead.url], 1))
  await ahead.close()
  expect({ requests, failed }).toEqual({ requests: RATE, failed: 0 })
  // A generator that trusted its clock would send its requests five seconds after the others.
  expect(arrivals.at(-1)! - arrivals[1]).toBeLessThan(5000)
  const [near, far] = generators.map(({ clock }) => clock!)
  expect(Math.abs(near.skew)).toBeLessThanOrEqual(near.roundTrip)
  expect(Math.abs(far.skew - 5000)).toBeLessThanOrEqual(far.roundTrip)
})

test('an agent that dies is lost: the others go on, and the result says whose requests are missing', async () => {
  const done = runDistributed({
    ...plan(agents.urls, 2),
    onStart: () => agents.processes[1].kill('SIGKILL'),
  })
  const { requests, failed, generators } = await done
  expect(generators.map(({ lost }) => lost)).toEqual([false, true])
  expect(generators[1]).toMatchObject({ name: agents.urls[1], requests: 0 })
  expect({ requests, failed }).toEqual({ requests: RATE, failed: 0 })
})

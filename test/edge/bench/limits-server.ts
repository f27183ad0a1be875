import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** A request of a benchmark. */
export interface Input {
  name: string
  target: string
  headers?: Record<string, string>
  body?: string | Uint8Array<ArrayBuffer>
}

/** What one request cost. */
export interface Cost {
  name: string
  sent: number
  /** The status, or `none` where no answer came in time. */
  status: number | 'none'
  answered: number
  /** CPU time of the server, ms. */
  cpu: number
}

/** CPU time of the server after which a request counts as unanswered, ms; the server is then started again. */
export const MOST_CPU = 20_000

/** The Node server of a checkout of this project, of any age. */
export interface LimitsServer {
  measure(input: Input): Promise<Cost>
  /** Sends a GET as a client of this address and reads the answer. */
  get(client: string, target: string): Promise<number>
  text(target: string): Promise<string>
  stop(): void
}

/**
 * Starts the Node server of a checkout, by its own `npm run start:node`, with a rate of 600 units a minute and client.
 */
export async function startLimitsServer(root: string): Promise<LimitsServer> {
  let running = await start(root)
  let clients = 0
  const send = async (
    { target, headers, body }: Omit<Input, 'name'>,
    client: string,
    signal?: AbortSignal,
  ) => {
    const response = await fetch(running.url + target, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...headers, 'x-forwarded-for': client },
      body,
      signal,
    })
    return { status: response.status, bytes: (await response.arrayBuffer()).byteLength }
  }
  return {
    async measure(input) {
      const client = `10.0.${++clients >> 8}.${clients & 255}`
      const before = cpuTime(running.process)
      const controller = new AbortController()
      const watch = setInterval(() => {
        if (cpuTime(running.process) - before > MOST_CPU) controller.abort()
      }, 200)
      const answer = await send(input, client, controller.signal).catch(() => undefined)
      clearInterval(watch)
      // Garbage collection and closing of the connection count as part of the request.
      await new Promise(resolve => setTimeout(resolve, 5))
      const cpu = cpuTime(running.process) - before
      if (!answer) {
        running.process.kill('SIGKILL')
        running = await start(root)
      }
      return {
        name: input.name,
        sent: input.body?.length ?? input.target.length + JSON.stringify(input.headers ?? {}).length,
        status: answer?.status ?? 'none',
        answered: answer?.bytes ?? 0,
        cpu,
      }
    },
    get: async (client, target) => (await send({ target }, client)).status,
    text: async target => (await fetch(running.url + target)).text(),
    stop: () => running.process.kill('SIGKILL'),
  }
}

async function start(root: string): Promise<{ url: string; process: ChildProcess }> {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  const script = /^node (\S+)$/.exec(manifest.scripts['start:node'])?.[1] ?? ''
  const child = spawn(process.execPath, [script], {
    cwd: root,
    env: {
      ...process.env,
      PORT: '0',
      RATE: '600',
      TRUST_PROXY: 'true',
      ACCESS_LOG: 'none',
      DRAIN_SECONDS: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  child.stdout.resume()
  return { url: /at (http:\S+)/.exec(String(line))?.[1] ?? '', process: child }
}

/** CPU time of a process and its threads so far, ms (Linux: nanoseconds in schedstat). */
function cpuTime({ pid }: ChildProcess): number {
  const tasks = `/proc/${pid}/task`
  const times = readdirSync(tasks).map(task => {
    try {
      return Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ', 1)[0])
    } catch {
      // The thread has just ended.
      return 0
    }
  })
  return times.reduce((sum, time) => sum + time, 0) / 1e6
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { OtherPage } from './other-page.ts'

/** Starts WebKitGTK's MiniBrowser on a display of its own, driven by W3C WebDriver over HTTP. */
export async function launchWebKit(driver: string, xvfb: string): Promise<OtherPage> {
  const screen = await startScreen(xvfb)
  const port = await freePort()
  const env = { ...process.env, DISPLAY: screen.display, LANG: 'en_US.UTF-8' }
  const server = spawn(driver, [`--port=${port}`], { env, stdio: 'ignore' })
  const stop = () => {
    server.kill()
    screen.process.kill()
  }
  try {
    const session = await openSession(`http://127.0.0.1:${port}`)
    return { ...pageOf(session), close: () => session.send('DELETE', '').then(stop, stop) }
  } catch (error) {
    stop()
    throw error
  }
}

/** Starts an X server without a monitor, on a free display that it chooses. */
async function startScreen(xvfb: string): Promise<{ process: ChildProcess; display: string }> {
  const screen = spawn(xvfb, ['-displayfd', '3', '-screen', '0', '2600x1700x24'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const [number] = (await once(screen.stdio[3] as NodeJS.ReadableStream, 'data')) as [Buffer]
  return { process: screen, display: `:${number.toString().trim()}` }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

interface Session {
  /** Sends a command of the session and gives its value. */
  send<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<T>
}

async function openSession(root: string): Promise<Session> {
  const send = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const response = await fetch(root + path, { method, ...(body && { body: JSON.stringify(body) }) })
    const { value } = (await response.json()) as { value: T & { error?: string; message?: string } }
    if (!response.ok) throw new Error(`WebDriver ${method} ${path}: ${value.error}: ${value.message}`)
    return value
  }
  for (let attempt = 0; ; attempt++) {
    const ready = await fetch(`${root}/status`).catch(() => undefined)
    if (ready?.ok) break
    if (attempt > 100) throw new Error('WebKitWebDriver does not answer')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  const { sessionId } = await send<{ sessionId: string }>('POST', '/session', {
    capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': { args: ['--automation'] } } },
  })
  return { send: (method, path, body) => send(method, `/session/${sessionId}${path}`, body) }
}

const SCRIPT = `const done = arguments[arguments.length - 1]
Promise.resolve(eval(arguments[0])).then(value => done({ value }), error => done({ error: String(error) }))`

function pageOf({ send }: Session): Omit<OtherPage, 'close'> {
  const evaluate = async <T>(expression: string): Promise<T> => {
    const result = await send<{ value: T; error?: string }>('POST', '/execute/async', {
      script: SCRIPT,
      args: [expression],
    })
    if (result.error !== undefined) throw new Error(result.error)
    return result.value
  }
  return {
    evaluate,
    async goto(url) {
      await send('POST', '/url', { url })
    },
    async resize(width, height) {
      await send('POST', '/window/rect', { x: 0, y: 0, width, height })
      const inner = await evaluate<[number, number]>('[innerWidth, innerHeight]')
      // The requested size includes the window's frame and bars.
      const outer = { width: 2 * width - inner[0], height: 2 * height - inner[1] }
      await send('POST', '/window/rect', { x: 0, y: 0, ...outer })
    },
    async drag(points, milliseconds) {
      const [first, ...rest] = points.map(([x, y]) => ({ type: 'pointerMove', x, y, duration: milliseconds }))
      const actions = [
        { ...first, duration: 0 },
        { type: 'pointerDown', button: 0 },
        ...rest,
        { type: 'pointerUp', button: 0 },
      ]
      await send('POST', '/actions', { actions: [{ type: 'pointer', id: 'mouse', actions }] })
    },
    async screenshot() {
      return Buffer.from(await send<string>('GET', '/screenshot'), 'base64')
    },
  }
}

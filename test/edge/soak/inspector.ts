/** A V8 isolate of workerd or Node, accessed through its inspector. */
export interface Inspector {
  /** Memory in use after a forced garbage collection, MiB. */
  memory(): Promise<Memory>
  close(): void
}

/** Memory of an isolate by kind, MiB. */
export interface Memory {
  /** The JavaScript heap. */
  heap: number
  /** Buffers outside the heap, as reported by V8. */
  buffers: number
  /** Memories of WebAssembly instances; they can only grow. */
  wasm: number
}

type Message =
  | { id: number; result?: unknown; error?: { message: string } }
  | { id?: undefined; method: string; params: { context?: { uniqueId: string } } }
type Reply = Extract<Message, { id: number }>
type Send = <T>(method: string, params?: object) => Promise<T>

const MEBIBYTE = 2 ** 20

/**
 * Opens the inspectors of all other isolates in the process whose inspector is at a ws: address; Node has none. In workerd
 * they are Miniflare's isolates, whose uncollected garbage counts towards resident memory too.
 */
export async function inspectOthers(url: string): Promise<Inspector[]> {
  const listed = await fetch(new URL('/json', url.replace(/^ws/, 'http')))
  const isolates = (await listed.json()) as { webSocketDebuggerUrl: string }[]
  const addresses = isolates.map(each => new URL(each.webSocketDebuggerUrl).pathname)
  const others = addresses.filter(pathname => pathname !== new URL(url).pathname)
  return Promise.all(others.map(pathname => inspect(new URL(pathname, url).href)))
}

/** Opens the inspector at a ws: address. */
export async function inspect(url: string): Promise<Inspector> {
  const socket = new WebSocket(url)
  const waiting = new Map<number, (reply: Reply) => void>()
  let last = 0
  let context: string | undefined
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = () => reject(new Error(`inspector: expected one at ${url}`))
  })
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data) as Message
    if (message.id !== undefined) waiting.get(message.id)?.(message)
    else if (message.method === 'Runtime.executionContextCreated')
      context ??= message.params.context?.uniqueId
  }
  async function send<T>(method: string, params: object = {}): Promise<T> {
    const id = ++last
    const replied = new Promise<Reply>(resolve => waiting.set(id, resolve))
    socket.send(JSON.stringify({ id, method, params }))
    const { result, error } = await replied
    waiting.delete(id)
    if (error) throw new Error(`${method}: ${error.message}`)
    return result as T
  }
  await send('Runtime.enable')
  return {
    async memory() {
      const wasm = await wasmBytes(send, context)
      const usage = await send<{ usedSize: number; backingStorageSize?: number }>('Runtime.getHeapUsage')
      return {
        heap: usage.usedSize / MEBIBYTE,
        buffers: (usage.backingStorageSize ?? 0) / MEBIBYTE,
        wasm: wasm / MEBIBYTE,
      }
    },
    close: () => socket.close(),
  }
}

/**
 * Total bytes of all WebAssembly memories. The query for them starts with a full garbage collection, and is the only way to
 * trigger one in workerd, which never replies to HeapProfiler.collectGarbage.
 */
async function wasmBytes(send: Send, uniqueContextId: string | undefined): Promise<number> {
  const objectGroup = 'memories'
  const prototype = await send<{ result: { objectId: string } }>('Runtime.evaluate', {
    expression: 'WebAssembly.Memory.prototype',
    uniqueContextId,
    objectGroup,
  })
  const { objects } = await send<{ objects: { objectId: string } }>('Runtime.queryObjects', {
    prototypeObjectId: prototype.result.objectId,
    objectGroup,
  })
  const { result } = await send<{ result: { value: number } }>('Runtime.callFunctionOn', {
    objectId: objects.objectId,
    functionDeclaration:
      'function () { return this.reduce((sum, memory) => sum + memory.buffer.byteLength, 0) }',
    returnByValue: true,
  })
  await send('Runtime.releaseObjectGroup', { objectGroup })
  return result.value
}

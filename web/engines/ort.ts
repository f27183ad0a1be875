import type { Network } from '../catalog/catalog.ts'
import type { Engine, Outputs } from './engine.ts'
import type { Job, Reply } from './worker-messages.ts'

/** Milliseconds a worker may stay silent before it counts as gone: at first it has 14 MB to fetch, later it has not. */
const PATIENCE = { first: 120_000, later: 15_000 }

/**
 * ONNX Runtime Web in a worker, on the processor ("wasm") or the graphics card ("webgpu"). Nothing of it is fetched
 * before this is called.
 *
 * @throws Error with the reason, in a sentence, when this browser cannot run it
 */
export async function openOrt(name: 'wasm' | 'webgpu'): Promise<Engine> {
  if (name === 'webgpu') await requireAdapter()
  requireWebAssembly()
  const worker =
    name === 'wasm'
      ? new Worker(new URL('./wasm.worker.ts', import.meta.url), { type: 'module' })
      : new Worker(new URL('./webgpu.worker.ts', import.meta.url), { type: 'module' })
  return speak(name, worker)
}

function speak(name: 'wasm' | 'webgpu', worker: Worker): Engine {
  const waiting = new Map<number, { resolve(outputs: Outputs): void; reject(error: Error): void }>()
  const sent = new WeakSet<Network>()
  let next = 0
  let gone: Error | undefined
  let tellLost: (reason: Error) => void
  const lost = new Promise<Error>(resolve => {
    tellLost = resolve
  })
  let patience = PATIENCE.first
  function fail(reason: string): void {
    gone = new Error(reason)
    tellLost(gone)
    for (const { reject } of waiting.values()) reject(gone)
    waiting.clear()
    worker.terminate()
  }
  worker.addEventListener('error', event => fail(event.message || 'its worker could not be started'))
  worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
    if ('lost' in data) return fail(`the graphics device was lost (${data.lost})`)
    patience = PATIENCE.later
    const job = waiting.get(data.id)
    waiting.delete(data.id)
    if ('error' in data) job?.reject(new Error(data.error))
    else job?.resolve(data.outputs)
  })
  return {
    name,
    lost,
    run(network, input, batch) {
      if (gone) return Promise.reject(gone)
      const id = next++
      const key = `${network.model}@${network.version}/${network.part}`
      const job: Job = { id, key, bytes: sent.has(network) ? undefined : network.bytes, input, batch }
      sent.add(network)
      worker.postMessage(job)
      return new Promise<Outputs>((resolve, reject) => {
        const timer = setTimeout(() => fail(`no answer within ${patience / 1000} seconds`), patience)
        const settle =
          <T>(done: (value: T) => void) =>
          (value: T) => {
            clearTimeout(timer)
            done(value)
          }
        waiting.set(id, { resolve: settle(resolve), reject: settle(reject) })
      })
    },
    close: () => worker.terminate(),
  }
}

interface Adapter {
  isFallbackAdapter?: boolean
  info?: { isFallbackAdapter?: boolean }
}

async function requireAdapter(): Promise<void> {
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<Adapter | null> } }
  if (!gpu) throw new Error('this browser has no WebGPU')
  const adapter = await gpu.requestAdapter()
  if (!adapter) throw new Error('WebGPU found no graphics adapter')
  if (adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter) {
    throw new Error('WebGPU has only a software adapter here, which is slower than WebAssembly')
  }
  if (!('Suspending' in WebAssembly)) throw new Error('this browser lacks JSPI, which the WebGPU build needs')
}

/** A Content Security Policy without 'wasm-unsafe-eval' shows in the smallest module there is. */
function requireWebAssembly(): void {
  try {
    new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))
  } catch {
    throw new Error('this page’s security policy blocks WebAssembly')
  }
}

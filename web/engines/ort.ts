import type { Network } from '../catalog/catalog.ts'
import type { Engine, Outputs } from './engine.ts'
import type { Job, Reply } from './worker-messages.ts'

/** Milliseconds that a run may take before the worker counts as lost. The first run includes fetching 14 MB. */
const TIMEOUT = { first: 120_000, later: 15_000 }

/**
 * ONNX Runtime Web in a worker, on the CPU ("wasm") or the GPU ("webgpu"). It is fetched when this is called.
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
  return workerEngine(name, worker)
}

function workerEngine(name: 'wasm' | 'webgpu', worker: Worker): Engine {
  const pending = new Map<number, { resolve(outputs: Outputs): void; reject(error: Error): void }>()
  const sent = new WeakSet<Network>()
  let next = 0
  let failure: Error | undefined
  let resolveLost: (reason: Error) => void
  const lost = new Promise<Error>(resolve => {
    resolveLost = resolve
  })
  let timeout = TIMEOUT.first
  function fail(reason: string): void {
    failure = new Error(reason)
    resolveLost(failure)
    for (const { reject } of pending.values()) reject(failure)
    pending.clear()
    worker.terminate()
  }
  worker.addEventListener('error', event => fail(event.message || 'its worker could not be started'))
  worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
    if ('lost' in data) return fail(`the graphics device was lost (${data.lost})`)
    timeout = TIMEOUT.later
    const job = pending.get(data.id)
    pending.delete(data.id)
    if ('error' in data) job?.reject(new Error(data.error))
    else job?.resolve(data.outputs)
  })
  return {
    name,
    lost,
    run(network, input, batch) {
      if (failure) return Promise.reject(failure)
      const id = next++
      const key = `${network.model}@${network.version}/${network.part}`
      const bytes = sent.has(network) ? undefined : network.bytes
      const widths = network.mlp.inputs.map(({ features }) => features)
      const job: Job = { id, key, bytes, input, widths, batch }
      sent.add(network)
      worker.postMessage(job)
      return new Promise<Outputs>((resolve, reject) => {
        const timer = setTimeout(() => fail(`no answer within ${timeout / 1000} seconds`), timeout)
        const settle =
          <T>(done: (value: T) => void) =>
          (value: T) => {
            clearTimeout(timer)
            done(value)
          }
        pending.set(id, { resolve: settle(resolve), reject: settle(reject) })
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

/** Compiles an empty module, which a Content Security Policy without 'wasm-unsafe-eval' refuses. */
function requireWebAssembly(): void {
  try {
    new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))
  } catch {
    throw new Error('this page’s security policy blocks WebAssembly')
  }
}

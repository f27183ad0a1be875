import type { Runtime } from '../platform.ts'
import { type OrtModule, startOrt } from './ort-module.ts'
import { openWasmSession } from './wasm-session.ts'

/** ONNX Runtime Web, started when it is first needed. */
export interface WasmRuntime extends Runtime {
  /** Starts it unless it is started: some 150 ms of processor time, without a snapshot 250. After a failure the next call tries again. */
  start(): Promise<OrtModule>
}

/**
 * ONNX Runtime Web in workerd, with SIMD and one thread. It may hold 32 MiB of weights: with fragmentation they take some
 * 60 MiB of wasm memory, and a Worker has 128 MB.
 *
 * @param wasm the module onnxruntime-web/ort-wasm-simd-threaded.wasm
 * @param snapshot its state after a start (`snapshotOrt`), used by the first attempt to start
 * @param onStart called after each start
 */
export function wasmRuntime(
  wasm: WebAssembly.Module,
  snapshot: ArrayBuffer | undefined,
  onStart: () => void,
): WasmRuntime {
  let starting: Promise<OrtModule> | undefined
  let unused = snapshot
  async function start(): Promise<OrtModule> {
    const state = unused
    unused = undefined
    try {
      const ort = await startOrt(wasm, state)
      onStart()
      return ort
    } catch (error) {
      starting = undefined
      throw error
    }
  }
  const started = () => (starting ??= start())
  return {
    sessionBytes: 32 * 2 ** 20,
    start: started,
    load: async bytes => openWasmSession(await started(), bytes),
  }
}

import type { Runtime } from '../platform.ts'
import { type OrtModule, startOrt } from './ort-module.ts'
import { openWasmSession } from './wasm-session.ts'

/** ONNX Runtime Web, started when it is first needed. */
export interface WasmRuntime extends Runtime {
  /** Starts it, if it is not started: some 200 ms of processor time. After a failure the next call tries again. */
  start(): Promise<OrtModule>
}

/**
 * ONNX Runtime Web in workerd: one thread of SIMD wasm. Its 32 MiB of weights take some 60 MiB of wasm memory with
 * fragmentation, of the 128 MB that a Worker has.
 *
 * @param wasm the module onnxruntime-web/ort-wasm-simd-threaded.wasm
 * @param onStart is called each time it has been started
 */
export function wasmRuntime(wasm: WebAssembly.Module, onStart: () => void): WasmRuntime {
  let starting: Promise<OrtModule> | undefined
  async function start(): Promise<OrtModule> {
    try {
      const ort = await startOrt(wasm)
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

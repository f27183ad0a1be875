import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm'
import * as ort from 'onnxruntime-web/wasm'
import type { Runtime } from '../platform.ts'
import { type Ort, openSession } from './ort-session.ts'

// A Worker must not compile wasm, only instantiate a module of its deployment. ONNX Runtime is given these bytes as its
// wasm; where it has them instantiated, the deployed module is used instead.
const MARKER = new Uint8Array([0x6f, 0x72, 0x74])

let prepared = false

/** Makes ONNX Runtime use the deployed module. Called before the first session. */
function prepare(): void {
  if (prepared) return
  prepared = true
  ort.env.wasm.numThreads = 1
  ort.env.wasm.wasmBinary = MARKER.slice().buffer
  const instantiate = WebAssembly.instantiate
  const isMarker = (source: unknown) =>
    (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) && source.byteLength === MARKER.length
  WebAssembly.instantiate = (async (
    source: BufferSource | WebAssembly.Module,
    imports?: WebAssembly.Imports,
  ) =>
    isMarker(source)
      ? { module: wasm, instance: new WebAssembly.Instance(wasm, imports) }
      : instantiate(source as BufferSource, imports)) as typeof instantiate
}

/**
 * ONNX Runtime Web in workerd: one thread of SIMD wasm. Its 32 MiB of weights take some 60 MiB of wasm memory with
 * fragmentation, of the 128 MB that a Worker has.
 */
export const wasmRuntime: Runtime = {
  sessionBytes: 32 * 2 ** 20,
  load(bytes) {
    prepare()
    return openSession(ort as unknown as Ort, bytes)
  },
}

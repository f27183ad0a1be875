import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm'
import * as ort from 'onnxruntime-web/wasm'
import type { Runtime } from '../platform.ts'
import { type Ort, openSession } from './ort-session.ts'

// A Worker may not compile wasm at run time, only instantiate a module it was deployed with. These bytes stand for the
// module on its way through ONNX Runtime; they are no wasm themselves.
const MARKER = new Uint8Array([0x6f, 0x72, 0x74])

let prepared = false

/** Points ONNX Runtime at the deployed module. Needed once, before the first session. */
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
 * ONNX Runtime Web in workerd: one thread of SIMD wasm. 32 MiB of weights come and go in some 60 MiB of wasm memory, gaps
 * included, of a Worker's 128 MB.
 */
export const wasmRuntime: Runtime = {
  name: 'workerd',
  sessionBytes: 32 * 2 ** 20,
  load(bytes) {
    prepare()
    return openSession(ort as unknown as Ort, bytes)
  },
}

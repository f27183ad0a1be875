import startModule from 'onnxruntime-web/ort-wasm-simd-threaded.mjs'
import { packMemory, unpackMemory } from './memory-snapshot.ts'

/** A place in the module's memory, in bytes. */
export type Pointer = number

/**
 * The members of ONNX Runtime's wasm module that are used here: its C functions, as the JavaScript part of
 * onnxruntime-web calls them. They are no public interface, so they hold for the exact version in package.json.
 * Functions that return a `Status` return 0 for success.
 */
export interface OrtModule {
  /** The module's memory. A new object after the memory has grown: do not keep it. */
  HEAPU8: Uint8Array
  HEAP32: Int32Array
  _malloc(bytes: number): Pointer
  _free(at: Pointer): void
  UTF8ToString(at: Pointer): string
  _OrtInit(threads: number, logLevel: number): Status
  _OrtGetLastError(code: Pointer, message: Pointer): void
  _OrtCreateSessionOptions(
    optimization: number,
    arena: boolean,
    memoryPattern: boolean,
    executionMode: number,
    profiling: boolean,
    profilePrefix: Pointer,
    logId: Pointer,
    logLevel: number,
    logVerbosity: number,
    optimizedPath: Pointer,
  ): Pointer
  _OrtReleaseSessionOptions(options: Pointer): Status
  _OrtCreateSession(bytes: Pointer, length: number, options: Pointer): Pointer | Promise<Pointer>
  _OrtReleaseSession(session: Pointer): Status
  _OrtGetInputOutputCount(session: Pointer, inputs: Pointer, outputs: Pointer): Status
  /** Gives the name, and a description: element type, rank, names of symbolic axes, axes. */
  _OrtGetInputOutputMetadata(session: Pointer, index: number, name: Pointer, description: Pointer): Status
  _OrtFree(at: Pointer): Status
  _OrtCreateTensor(
    type: number,
    data: Pointer,
    bytes: number,
    axes: Pointer,
    rank: number,
    location: number,
  ): Pointer
  _OrtReleaseTensor(tensor: Pointer): Status
  /** Synchronous: this build has no backend that would have to wait. */
  _OrtRun(
    session: Pointer,
    inputNames: Pointer,
    inputs: Pointer,
    inputCount: number,
    outputNames: Pointer,
    outputCount: number,
    outputs: Pointer,
    options: Pointer,
  ): Status
}

type Status = number

/** ONNX's number of the element type float32. */
export const FLOAT32 = 1
/** Tensors in the module's own memory. */
export const CPU = 1

/**
 * Starts ONNX Runtime from its compiled module, with one thread. A Worker must not compile wasm, only instantiate a module
 * of its deployment, so the module's own loading is replaced.
 *
 * @param snapshot a snapshot of the same module after its start: that state is then restored instead of initialising
 *   anew, which registers some thousand operators and takes 100 ms
 * @throws Error when the module cannot be instantiated or initialised
 */
export async function startOrt(wasm: WebAssembly.Module, snapshot?: ArrayBuffer): Promise<OrtModule> {
  const ort: OrtModule = await startModule({
    numThreads: 1,
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      done(new WebAssembly.Instance(wasm, imports))
    },
  })
  if (snapshot) unpackMemory(snapshot, ort.HEAPU8)
  else initialize(ort)
  return ort
}

/**
 * A snapshot of the module after its start, for `startOrt`. All of its state is in its memory: between two calls its stack is empty, its
 * table of functions is constant, and with one thread it has no workers.
 *
 * @param file the module, not yet compiled
 */
export async function snapshotOrt(file: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return packMemory((await startOrt(await WebAssembly.compile(file))).HEAPU8)
}

function initialize(ort: OrtModule): void {
  const errorsOnly = 3
  if (ort._OrtInit(1, errorsOnly) !== 0) throw lastError(ort, 'ONNX Runtime cannot be started')
}

/** An error with ONNX Runtime's reason for the last call that failed. @param what begins the message */
export function lastError(ort: OrtModule, what: string): Error {
  const place = ort._malloc(8)
  ort._OrtGetLastError(place, place + 4)
  const message = ort.HEAP32[(place + 4) / 4]
  const error = new Error(`${what}: ${message === 0 ? 'no reason given' : ort.UTF8ToString(message)}`)
  ort._free(place)
  return error
}

/** Copies pointers, or other integers of 32 bits, to newly allocated memory, which the caller frees. */
export function allocateInts(ort: OrtModule, values: readonly number[]): Pointer {
  const at = ort._malloc(4 * values.length)
  ort.HEAP32.set(values, at / 4)
  return at
}

declare module '*.wasm' {
  const module: WebAssembly.Module
  export default module
}

declare module 'cloudflare:workers' {
  /** Lets work go on after the current request was answered or its client has gone. */
  export function waitUntil(work: Promise<unknown>): void
  /** The base of a Durable Object, whose methods its stubs call. */
  export class DurableObject {
    constructor(state: import('@cloudflare/workers-types').DurableObjectState, env: unknown)
    protected ctx: import('@cloudflare/workers-types').DurableObjectState
  }
}

declare module 'onnxruntime-web/ort-wasm-simd-threaded.mjs' {
  /** Starts an instance of the module (Emscripten). */
  export default function start(options: object): Promise<never>
}

// Both runtimes have zlib in native code, under the name that Node gives it.
declare module 'node:zlib' {
  export const constants: { Z_RLE: number }
  export function crc32(bytes: Uint8Array): number
  export function deflateSync(
    bytes: Uint8Array,
    options: { level: number; strategy: number },
  ): Uint8Array<ArrayBuffer>
}

declare module '*.wasm' {
  const module: WebAssembly.Module
  export default module
}

declare module 'cloudflare:workers' {
  /** Lets work go on after the current request was answered or its client has gone. */
  export function waitUntil(work: Promise<unknown>): void
}

declare module 'onnxruntime-web/ort-wasm-simd-threaded.mjs' {
  /** Starts an instance of the module (Emscripten). */
  export default function start(options: object): Promise<never>
}

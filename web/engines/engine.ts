import type { Network } from '../catalog/catalog.ts'

/** The engines by their names in a URL. */
export type EngineName = 'plain' | 'wasm' | 'webgpu' | 'edge'

/** The choices of a visitor: an engine, or the page's own choice. */
export const ENGINE_CHOICES = ['auto', 'plain', 'wasm', 'webgpu', 'edge'] as const

/** The name of an engine, or `auto`. */
export type EngineChoice = (typeof ENGINE_CHOICES)[number]

/** A network's outputs by name, [batch, units] each. */
export type Outputs = Record<string, Float32Array>

/** Runs networks. */
export interface Engine {
  name: EngineName
  /** Resolves with the reason when the engine is lost between two runs. */
  lost?: Promise<Error>
  /** Milliseconds from the start of one run to the start of the next; 0 where absent. */
  pace?: number
  /**
   * @param input [batch, features], row-major
   * @throws Error (or rejects) when the engine fails; it is then not used again
   */
  run(network: Network, input: Float32Array, batch: number): Outputs | Promise<Outputs>
  close(): void
}

/** Names of the engines on the page. */
export const ENGINE_LABELS: Record<EngineName, string> = {
  plain: 'Plain TypeScript',
  wasm: 'ONNX Runtime, WebAssembly',
  webgpu: 'ONNX Runtime, WebGPU',
  edge: 'Edge API',
}

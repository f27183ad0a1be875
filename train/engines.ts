import type { Configuration } from './configuration.ts'
import type { Engine, State } from './engine.ts'
import { openOnnxEngine } from './onnx-engine.ts'

/** Opens the engine a configuration asks for, at the given state. */
export async function openEngine(configuration: Configuration, state: State): Promise<Engine> {
  return openOnnxEngine(configuration, state, configuration.threads)
}

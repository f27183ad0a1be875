import type { Configuration } from './configuration.ts'
import type { Engine, State } from './engine.ts'
import { openOnnxEngine } from './onnx-engine.ts'

/**
 * Opens the engine and device that a configuration asks for, at the given state.
 *
 * @throws Error saying what is missing and what to do when they cannot be used here
 */
export async function openEngine(configuration: Configuration, state: State): Promise<Engine> {
  return openOnnxEngine(configuration, state, configuration)
}

import type { Configuration } from '../step/configuration.ts'
import type { Engine, State } from '../step/engine.ts'
import type { Task } from '../step/objective.ts'
import { openOnnxEngine } from './onnx-engine.ts'
import { hasTensorFlow, PLAIN_COST } from './tfjs-backend.ts'
import { openTfjsEngine } from './tfjs-engine.ts'

/** The engine, device and number of threads that compute. */
export type EngineChoice = Pick<Configuration, 'engine' | 'device' | 'threads'>

/**
 * Opens an engine on a device, at the given state.
 *
 * @throws UnavailableError when the engine or the device cannot be used on this machine
 */
export async function openEngine(choice: Task & EngineChoice, state: State): Promise<Engine> {
  const { engine, device } = choice
  if (engine === 'onnx') return openOnnxEngine(choice, state, choice)
  if (device === 'webgpu') throw new Error('engine tfjs: expected device cpu or cuda, got webgpu')
  return openTfjsEngine(choice, state, device)
}

/** The default device of an engine: the CPU, or the GPU for TF.js if its GPU library is installed. */
export function defaultDevice(engine: EngineChoice['engine']): EngineChoice['device'] {
  return engine === 'tfjs' && hasTensorFlow('cuda') ? 'cuda' : 'cpu'
}

/** A warning to show before a slow engine is used; null if there is none. */
export function costWarning({ engine, device }: Pick<EngineChoice, 'engine' | 'device'>): string | null {
  if (engine === 'onnx' || device !== 'cpu' || hasTensorFlow('cpu')) return null
  const { why, advice, command } = PLAIN_COST
  return `engine tfjs computes ${why}; ${advice}: ${command}`
}

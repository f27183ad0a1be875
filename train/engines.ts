import type { Configuration } from './configuration.ts'
import type { Engine, State } from './engine.ts'
import type { Task } from './objective.ts'
import { openOnnxEngine } from './onnx-engine.ts'
import { PLAIN_WARNING } from './tfjs-backend.ts'
import { openTfjsEngine } from './tfjs-engine.ts'

/** Which engine computes, and where. */
export type EngineChoice = Pick<Configuration, 'engine' | 'device' | 'threads'>

/**
 * Opens the engine and device asked for, at the given state.
 *
 * @throws Error saying what is missing and what to do when they cannot be used here
 */
export async function openEngine(choice: Task & EngineChoice, state: State): Promise<Engine> {
  const { engine, device } = choice
  if (engine === 'onnx') return openOnnxEngine(choice, state, choice)
  if (device === 'webgpu') throw new Error('engine tfjs: expected device cpu or cuda, got webgpu')
  const opened = await openTfjsEngine(choice, state, device)
  if (opened.device === 'cpu') console.warn(`warning: ${PLAIN_WARNING}`)
  return opened
}

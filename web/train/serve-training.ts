/// <reference lib="webworker" />
import type { InferenceSession } from 'onnxruntime-web'
import type { Engine, State } from '../../train/step/engine.ts'
import { openForward } from '../../train/step/forward.ts'
import type { Task } from '../../train/step/objective.ts'
import { type OnnxRuntime, openScanEngine, openStepwiseEngine } from '../../train/step/onnx-engine.ts'
import { initialState } from '../../train/step/state.ts'
import type { Command, Report, TrainerEngine } from './messages.ts'
import { openRunStore, type RunStore } from './run-store.ts'
import { openTrainer, type Trainer } from './trainer.ts'

interface Ort {
  env: { wasm: { wasmPaths?: unknown; numThreads?: number } }
}

const SESSION: InferenceSession.SessionOptions = {
  logSeverityLevel: 3,
  // A weight that gets no gradient lets its sums decay into denormals, which the CPU adds a hundred times slower.
  extra: { session: { set_denormal_as_zero: '1' } },
}

/** Trains, in a worker, what the page asks for, in one build of ONNX Runtime Web. */
export function serveTraining(ort: Ort, wasm: string, engine: TrainerEngine): void {
  ort.env.wasm.wasmPaths = { wasm: new URL(wasm, import.meta.url).href }
  ort.env.wasm.numThreads = 1
  const runtime = ort as unknown as OnnxRuntime
  let trainer: Trainer | undefined
  const report = (message: Report) => self.postMessage(message)
  const fail = (error: unknown) =>
    report({ type: 'failed', message: error instanceof Error ? error.message : String(error) })

  async function handle(command: Command): Promise<void> {
    if (command.type === 'open') {
      trainer = await open(runtime, engine, command, report)
      trainer.done.catch(fail)
    } else if (command.type === 'play') trainer?.play(command.until)
    else if (command.type === 'pause') trainer?.pause()
    else if (command.type === 'change') trainer?.change(command.beta, command.learningRate)
    else await trainer?.make()
  }
  self.addEventListener('message', ({ data }: MessageEvent<Command>) => {
    handle(data).catch(fail)
  })
}

async function open(
  runtime: OnnxRuntime,
  name: TrainerEngine,
  command: Extract<Command, { type: 'open' }>,
  report: (message: Report) => void,
): Promise<Trainer> {
  const { configuration, data, run } = command
  const store = await openRunStore().catch(() => undefined)
  const stored = command.resume ? await store?.loadCheckpoint(run) : undefined
  const from = stored ?? { epoch: 0, figures: [], changes: [], state: initialState(configuration) }
  // One after the other: ONNX Runtime's WebGPU build never answers where two sessions are made at once.
  const engine = await openEngine(runtime, name, configuration, from.state)
  const forward = await openForward(runtime, configuration.architecture)
  report({ type: 'opened', epoch: from.epoch, figures: from.figures, changes: from.changes })
  return openTrainer({
    configuration,
    data,
    engine,
    withParameters: forward.withParameters,
    from,
    began: command.began,
    report,
    save: checkpoint => requireStore(store).saveCheckpoint({ run, ...checkpoint }),
  })
}

function openEngine(runtime: OnnxRuntime, name: TrainerEngine, task: Task, state: State): Promise<Engine> {
  if (name === 'wasm')
    return openScanEngine(runtime, task, state, { ...SESSION, executionProviders: ['wasm'] })
  const session = { ...SESSION, executionProviders: ['webgpu'] }
  return openStepwiseEngine(runtime, task, state, { device: 'webgpu', resident: true, session })
}

function requireStore(store: RunStore | undefined): RunStore {
  if (!store) throw new Error('this browser blocks storage')
  return store
}

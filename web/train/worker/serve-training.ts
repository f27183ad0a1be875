/// <reference lib="webworker" />
import type { InferenceSession } from 'onnxruntime-web'
import { version } from '../../../package.json'
import type { Engine, State } from '../../../train/step/engine.ts'
import { openForward } from '../../../train/step/forward.ts'
import type { Task } from '../../../train/step/objective.ts'
import { type OnnxRuntime, openScanEngine, openStepwiseEngine } from '../../../train/step/onnx-engine.ts'
import { initialState } from '../../../train/step/state.ts'
import { unpackData } from '../data/training-data.ts'
import { openRunStore, type RunStore } from '../keep/run-store.ts'
import type { Command, Report, TrainerEngine } from '../messages.ts'
import { DivergedError } from './train-epoch.ts'
import { openTrainer, type Trainer } from './trainer.ts'

/** What all builds of ONNX Runtime Web have in common. */
interface Ort {
  env: {
    wasm: { wasmPaths?: unknown; numThreads?: number }
    webgpu?: { device?: unknown }
    versions: { web?: string }
  }
}

const SESSION: InferenceSession.SessionOptions = {
  logSeverityLevel: 3,
  // Adam's sums of a weight without a gradient decay to denormal numbers, which the CPU adds a hundred times slower.
  extra: { session: { set_denormal_as_zero: '1' } },
}

/** Serves the page's commands in a worker that trains on one build of ONNX Runtime Web. */
export function serveTraining(ort: Ort, wasm: string, engine: TrainerEngine): void {
  ort.env.wasm.wasmPaths = { wasm: new URL(wasm, import.meta.url).href }
  ort.env.wasm.numThreads = 1
  let trainer: Trainer | undefined
  const report = (message: Report) => self.postMessage(message, { transfer: buffersToMove(message) })
  const fail = (error: unknown) => {
    if (error instanceof DivergedError) report({ type: 'failed', message: error.message })
    else report({ type: 'lost', message: `The engine stopped: ${messageOf(error).replace(/\.$/, '')}.` })
  }

  async function handle(command: Command): Promise<void> {
    if (command.type === 'open') {
      trainer = await open(ort, engine, command, report)
      trainer.done.catch(fail)
      if (engine === 'webgpu') await watchDevice(ort, report)
    } else if (command.type === 'play') trainer?.play(command.until)
    else if (command.type === 'pause') trainer?.pause()
    else if (command.type === 'change') trainer?.change(command.beta, command.learningRate)
    else
      await trainer?.exportModel().catch(error => report({ type: 'exportFailed', message: messageOf(error) }))
  }
  self.addEventListener('message', ({ data }: MessageEvent<Command>) => {
    handle(data).catch(fail)
  })
}

/** Buffers to transfer to the page without copying: the files of an export, which the worker no longer needs. */
function buffersToMove(report: Report): ArrayBuffer[] {
  if (report.type !== 'exported') return []
  return [...new Set(Object.values(report.exported.files).map(({ buffer }) => buffer as ArrayBuffer))]
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Reports a lost graphics device: ONNX Runtime may wait for it forever. */
async function watchDevice({ env }: Ort, report: (message: Report) => void): Promise<void> {
  const device = (await env.webgpu?.device) as { lost?: Promise<{ message: string }> } | undefined
  void device?.lost?.then(({ message }) => {
    report({ type: 'lost', message: `The graphics device was lost${message ? ` (${message})` : ''}.` })
  })
}

async function open(
  ort: Ort,
  name: TrainerEngine,
  command: Extract<Command, { type: 'open' }>,
  report: (message: Report) => void,
): Promise<Trainer> {
  const { configuration, run, startedAt } = command
  const data = await unpackData(command.data)
  const runtime = ort as unknown as OnnxRuntime
  const store = await openRunStore().catch(() => undefined)
  const from = command.checkpoint ??
    (await store?.loadCheckpoint(run)) ?? {
      epoch: 0,
      figures: [],
      changes: [],
      state: initialState(configuration),
    }
  // Open the sessions one after the other: ONNX Runtime's WebGPU build hangs if two are created at once.
  const engine = await openEngine(runtime, name, configuration, from.state)
  const forward = await openForward(runtime, configuration.architecture)
  report({ type: 'opened', epoch: from.epoch, figures: from.figures, changes: from.changes })
  return openTrainer({
    configuration,
    data,
    runtime,
    versions: {
      'latent-edge': version,
      'onnxruntime-web': ort.env.versions.web ?? 'unknown',
      browser: navigator.userAgent,
    },
    engine,
    withParameters: forward.withParameters,
    from,
    startedAt,
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

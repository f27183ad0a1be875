import * as ort from 'onnxruntime-node'
import { encodeModel, type Value } from '../../models/onnx/encode-model.ts'
import type { Configuration } from '../step/configuration.ts'
import type { Engine, State, StepLosses, Steps } from '../step/engine.ts'
import type { Task } from '../step/objective.ts'
import { RUN, STEP_OUTPUTS, scanGraph, stateShapes, stepGraph, stepInputs } from '../step/step-graph.ts'
import { explainProvider, requireProvider } from './onnx-provider.ts'

type Tensors = Record<string, ort.Tensor>

/**
 * Training steps as an ONNX graph in onnxruntime-node. On the CPU a run is one call, a Scan over its steps. WebGPU
 * has no kernel for Scan, so there, and with CUDA, each step is a call of its own; with WebGPU the state stays on the
 * device from step to step, while onnxruntime-node returns CUDA's results to main memory each time.
 *
 * @param state the tensors of `stateShapes`, by name
 * @param options.threads CPU threads for each operator; default 1, which also fixes the order of every sum
 * @throws UnavailableError when the device cannot be used here
 */
export async function openOnnxEngine(
  task: Task,
  state: State,
  { device = 'cpu', threads = 1 }: Partial<Pick<Configuration, 'device' | 'threads'>> = {},
): Promise<Engine> {
  return device === 'cpu' ? openScan(task, state, threads) : openStepwise(task, state, device, threads)
}

async function openScan(task: Task, state: State, threads: number): Promise<Engine> {
  const session = await ort.InferenceSession.create(scanGraph(task), sessionOptions(threads))
  let carried = tensors(task, state)
  return {
    name: 'onnx',
    device: 'cpu',
    async run(steps) {
      const results = await session.run(prefixed({ ...carried, ...feeds(task, steps) }))
      carried = mapState(task, name => results[`${RUN + name}'`])
      return losses(name => floats(results[RUN + name]))
    },
    read: async () => copies(task, carried),
    close: () => session.release(),
  }
}

async function openStepwise(
  task: Task,
  state: State,
  device: 'webgpu' | 'cuda',
  threads: number,
): Promise<Engine> {
  requireProvider(device)
  // Severity 3 is errors: with less, every session warns that shapes are computed on the CPU.
  const options = { ...sessionOptions(threads), executionProviders: [device], logSeverityLevel: 3 as const }
  const resident = device === 'webgpu'
  const create = (graph: Uint8Array, extra: ort.InferenceSession.SessionOptions = {}) =>
    ort.InferenceSession.create(graph, { ...options, ...extra }).catch(error => {
      throw explainProvider(device, error)
    })
  const session = await create(stepGraph(task), {
    preferredOutputLocation: Object.fromEntries(
      stateShapes(task).map(({ name }) => [`${name}'`, resident ? 'gpu-buffer' : 'cpu'] as const),
    ),
  })
  // Tensor.getData of a device tensor ends the process in onnxruntime-node 1.30: a graph that copies reads it instead.
  const reader = resident ? await create(copyGraph(task)) : null
  let carried = tensors(task, state)
  const dispose = () => Object.values(carried).forEach(tensor => void (resident && tensor.dispose()))

  async function step(steps: Steps, i: number): Promise<ort.InferenceSession.ReturnType> {
    const results = await session.run({ ...carried, ...feeds(task, steps, i) })
    dispose()
    carried = mapState(task, name => results[`${name}'`])
    return results
  }

  return {
    name: 'onnx',
    device,
    async run(steps) {
      const taken = losses(() => new Float32Array(steps.count))
      for (let i = 0; i < steps.count; i++) {
        const results = await step(steps, i)
        for (const name of STEP_OUTPUTS) taken[name][i] = floats(results[name])[0]
      }
      return taken
    },
    async read() {
      if (!reader) return copies(task, carried)
      const copied = await reader.run(carried)
      return copies(
        task,
        mapState(task, name => copied[`${name}'`]),
      )
    },
    async close() {
      dispose()
      await reader?.release()
      await session.release()
    },
  }
}

function sessionOptions(threads: number): ort.InferenceSession.SessionOptions {
  return {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // A weight that gets no gradient lets its sums decay into denormals, which the CPU adds a hundred times slower.
    extra: { session: { set_denormal_as_zero: '1' } },
  }
}

/** The graph that hands every state tensor on, from wherever it lies to main memory. */
function copyGraph(task: Task): Uint8Array {
  const value = (name: string, dims: number[]): Value => ({ name, type: 'float', dims })
  const state = stateShapes(task)
  return encodeModel({
    name: 'copy',
    inputs: state.map(({ name, shape }) => value(name, shape)),
    outputs: state.map(({ name, shape }) => value(`${name}'`, shape)),
    nodes: state.map(({ name }) => ({ op: 'Identity', inputs: [name], outputs: [`${name}'`] })),
    initializers: [],
  })
}

/** What `stepInputs` names, for all steps of a run or, without the leading axis, for step `only`. */
function feeds(task: Task, steps: Steps, only?: number): Tensors {
  const { count, batch, eps, ...given } = steps
  const perImage = new Float32Array(count).fill(1 / batch)
  const all: Record<string, Uint8Array | Float32Array> = { ...given, ...(eps && { eps }), perImage }
  return Object.fromEntries(
    Object.entries(stepInputs(task)).map(([name, { dims }]) => {
      const shape = dims.map(dim => (typeof dim === 'number' ? dim : batch))
      const size = shape.reduce((product, dim) => product * dim, 1)
      if (only === undefined) return [name, tensor(all[name], [count, ...shape])]
      return [name, tensor(all[name].subarray(only * size, (only + 1) * size), shape)]
    }),
  )
}

function tensor(data: Uint8Array | Float32Array, dims: number[]): ort.Tensor {
  return data instanceof Float32Array
    ? new ort.Tensor('float32', data, dims)
    : new ort.Tensor('uint8', data, dims)
}

function tensors(task: Task, state: State): Tensors {
  return Object.fromEntries(stateShapes(task).map(({ name, shape }) => [name, tensor(state[name], shape)]))
}

function mapState<T>(task: Task, value: (name: string) => T): Record<string, T> {
  return Object.fromEntries(stateShapes(task).map(({ name }) => [name, value(name)]))
}

function copies(task: Task, held: Tensors): State {
  return mapState(task, name => floats(held[name]).slice())
}

function floats({ data }: ort.Tensor): Float32Array {
  if (data instanceof Float32Array) return data
  throw new TypeError('expected a float32 tensor')
}

function prefixed(feeds: Tensors): Tensors {
  return Object.fromEntries(Object.entries(feeds).map(([name, value]) => [RUN + name, value]))
}

function losses(of: (name: (typeof STEP_OUTPUTS)[number]) => Float32Array): StepLosses {
  return { loss: of('loss'), reconstruction: of('reconstruction'), kl: of('kl') }
}

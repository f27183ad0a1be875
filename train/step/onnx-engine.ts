import type { InferenceSession, Tensor } from 'onnxruntime-common'
import { encodeModel, type Value } from '../../models/onnx/encode-model.ts'
import type { Engine, State, StepLosses, Steps } from './engine.ts'
import type { Task } from './objective.ts'
import { RUN, STEP_OUTPUTS, scanGraph, stateShapes, stepGraph, stepInputs } from './step-graph.ts'

/** ONNX Runtime, whichever build: onnxruntime-node and onnxruntime-web have the same interface. */
export interface OnnxRuntime {
  InferenceSession: {
    create(graph: Uint8Array, options?: InferenceSession.SessionOptions): Promise<InferenceSession>
  }
  Tensor: new (type: 'float32' | 'uint8', data: Float32Array | Uint8Array, dims: readonly number[]) => Tensor
}

type Tensors = Record<string, Tensor>

/**
 * Training steps on a CPU: a run is one call, a Scan over its steps.
 *
 * @param state the tensors of `stateShapes`, by name
 */
export async function openScanEngine(
  runtime: OnnxRuntime,
  task: Task,
  state: State,
  options: InferenceSession.SessionOptions,
): Promise<Engine> {
  const session = await runtime.InferenceSession.create(scanGraph(task), options)
  let carried = tensors(runtime, task, state)
  return {
    name: 'onnx',
    device: 'cpu',
    async run(steps) {
      const results = await session.run(prefixed({ ...carried, ...feeds(runtime, task, steps) }))
      carried = mapState(task, name => results[`${RUN + name}'`])
      return losses(name => floats(results[RUN + name]))
    },
    read: async () => copies(task, carried),
    close: () => session.release(),
  }
}

/**
 * Training steps on a device that has no kernel for Scan: each step is a call.
 *
 * @param options.resident the state stays on the device from step to step
 */
export async function openStepwiseEngine(
  runtime: OnnxRuntime,
  task: Task,
  state: State,
  options: { device: 'webgpu' | 'cuda'; resident: boolean; session: InferenceSession.SessionOptions },
): Promise<Engine> {
  const { device, resident } = options
  const session = await runtime.InferenceSession.create(stepGraph(task), {
    ...options.session,
    preferredOutputLocation: Object.fromEntries(
      stateShapes(task).map(({ name }) => [`${name}'`, resident ? 'gpu-buffer' : 'cpu'] as const),
    ),
  })
  // In onnxruntime-node 1.30, Tensor.getData of a device tensor ends the process; a graph that copies it does not.
  const reader = resident ? await runtime.InferenceSession.create(copyGraph(task), options.session) : null
  let carried = tensors(runtime, task, state)
  const dispose = () => Object.values(carried).forEach(tensor => void (resident && tensor.dispose()))

  async function step(steps: Steps, i: number): Promise<InferenceSession.ReturnType> {
    const results = await session.run({ ...carried, ...feeds(runtime, task, steps, i) })
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

/** The graph that copies every state tensor: its outputs are fetched to main memory. */
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

/** The inputs listed by `stepInputs`: for all steps of a run or, without the leading axis, for the step `only`. */
function feeds(runtime: OnnxRuntime, task: Task, steps: Steps, only?: number): Tensors {
  const { count, batch, y, eps, ...given } = steps
  const perImage = new Float32Array(count).fill(1 / batch)
  const all: Record<string, Uint8Array | Float32Array> = {
    ...given,
    ...(y && { y }),
    ...(eps && { eps }),
    perImage,
  }
  return Object.fromEntries(
    Object.entries(stepInputs(task)).map(([name, { dims }]) => {
      const shape = dims.map(dim => (typeof dim === 'number' ? dim : batch))
      const size = shape.reduce((product, dim) => product * dim, 1)
      if (only === undefined) return [name, tensor(runtime, all[name], [count, ...shape])]
      return [name, tensor(runtime, all[name].subarray(only * size, (only + 1) * size), shape)]
    }),
  )
}

function tensor(runtime: OnnxRuntime, data: Uint8Array | Float32Array, dims: number[]): Tensor {
  return new runtime.Tensor(data instanceof Float32Array ? 'float32' : 'uint8', data, dims)
}

function tensors(runtime: OnnxRuntime, task: Task, state: State): Tensors {
  return Object.fromEntries(
    stateShapes(task).map(({ name, shape }) => [name, tensor(runtime, state[name], shape)]),
  )
}

function mapState<T>(task: Task, value: (name: string) => T): Record<string, T> {
  return Object.fromEntries(stateShapes(task).map(({ name }) => [name, value(name)]))
}

function copies(task: Task, held: Tensors): State {
  return mapState(task, name => floats(held[name]).slice())
}

function floats({ data }: Tensor): Float32Array {
  if (data instanceof Float32Array) return data
  throw new TypeError('expected a float32 tensor')
}

function prefixed(feeds: Tensors): Tensors {
  return Object.fromEntries(Object.entries(feeds).map(([name, value]) => [RUN + name, value]))
}

function losses(of: (name: (typeof STEP_OUTPUTS)[number]) => Float32Array): StepLosses {
  return { loss: of('loss'), reconstruction: of('reconstruction'), kl: of('kl') }
}

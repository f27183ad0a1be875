import type { InferenceSession, Tensor } from 'onnxruntime-common'
import { encodeModel, type Value } from '../../models/onnx/encode-model.ts'
import type { Engine, State, StepLosses, Steps } from './engine.ts'
import type { Task } from './objective.ts'
import type { ParameterShape } from './parameters.ts'
import { HISTORY, RUN, STEP_OUTPUTS, scanGraph, stateShapes, stepGraph, stepInputs } from './step-graph.ts'

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
 * Training steps on a device that has no kernel for Scan: each step is a call. Their losses are fetched after HISTORY.rows
 * steps, so that the device computes while the next steps are being sent to it.
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
  const history: ParameterShape = { name: HISTORY.name, shape: [HISTORY.rows, STEP_OUTPUTS.length] }
  const shapes = [...stateShapes(task), history]
  const session = await runtime.InferenceSession.create(stepGraph(task), {
    ...options.session,
    preferredOutputLocation: Object.fromEntries(
      shapes.map(({ name }) => [`${name}'`, resident ? 'gpu-buffer' : 'cpu'] as const),
    ),
  })
  // In onnxruntime-node 1.30, Tensor.getData of a device tensor ends the process; a graph that copies it does not.
  const copier = (copied: ParameterShape[]) =>
    resident ? runtime.InferenceSession.create(copyGraph(copied), options.session) : null
  // One after another: ONNX Runtime Web refuses to open two WebGPU sessions at once.
  const reader = await copier(stateShapes(task))
  const historyReader = await copier([history])
  let carried: Tensors = {
    ...tensors(runtime, task, state),
    [HISTORY.name]: tensor(runtime, new Float32Array(HISTORY.rows * STEP_OUTPUTS.length), history.shape),
  }
  const dispose = () => Object.values(carried).forEach(each => void (resident && each.dispose()))

  async function step(steps: Steps, i: number): Promise<void> {
    const results = await session.run({ ...carried, ...feeds(runtime, task, steps, i) })
    dispose()
    carried = Object.fromEntries(shapes.map(({ name }) => [name, results[`${name}'`]]))
  }

  /** The losses of the last steps, [HISTORY.rows, STEP_OUTPUTS]. */
  async function readHistory(): Promise<Float32Array> {
    const { [HISTORY.name]: kept } = carried
    if (!historyReader) return floats(kept)
    return floats((await historyReader.run({ [HISTORY.name]: kept }))[`${HISTORY.name}'`])
  }

  return {
    name: 'onnx',
    device,
    async run(steps) {
      const { count } = steps
      const taken = losses(() => new Float32Array(count))
      for (let i = 0; i < count; i++) {
        await step(steps, i)
        const unread = (i % HISTORY.rows) + 1
        if (unread < HISTORY.rows && i < count - 1) continue
        const rows = (await readHistory()).subarray((HISTORY.rows - unread) * STEP_OUTPUTS.length)
        STEP_OUTPUTS.forEach((name, column) => {
          for (let row = 0; row < unread; row++) {
            taken[name][i + 1 - unread + row] = rows[row * STEP_OUTPUTS.length + column]
          }
        })
      }
      return taken
    },
    async read() {
      if (!reader) return copies(task, carried)
      const copied = await reader.run(mapState(task, name => carried[name]))
      return copies(
        task,
        mapState(task, name => copied[`${name}'`]),
      )
    },
    async close() {
      dispose()
      await Promise.all([reader?.release(), historyReader?.release()])
      await session.release()
    },
  }
}

/** The graph that copies tensors: its outputs, primed, are fetched to main memory. */
function copyGraph(shapes: readonly ParameterShape[]): Uint8Array {
  const value = (name: string, dims: readonly number[]): Value => ({ name, type: 'float', dims })
  return encodeModel({
    name: 'copy',
    inputs: shapes.map(({ name, shape }) => value(name, shape)),
    outputs: shapes.map(({ name, shape }) => value(`${name}'`, shape)),
    nodes: shapes.map(({ name }) => ({ op: 'Identity', inputs: [name], outputs: [`${name}'`] })),
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

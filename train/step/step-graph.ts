import {
  encodeModel,
  type Graph,
  int64Tensor,
  type Node,
  type Value,
} from '../../models/onnx/encode-model.ts'
import { type AdamScalars, type AdamState, adamUpdate } from './adam.ts'
import { emit } from './expressions/emit.ts'
import * as e from './expressions/expression.ts'
import { gradients } from './expressions/gradient.ts'
import { type SymbolicBatch, symbolicObjective, type Task } from './objective.ts'
import { type ParameterShape, parameterShapes } from './parameters.ts'

type Expression = e.Expression

/** Names of a parameter's three state tensors in the graph. */
export function stateNames(parameter: string): { value: string; first: string; second: string } {
  return { value: parameter, first: `${parameter}:first`, second: `${parameter}:second` }
}

/** The per-step values of a run of steps, each of shape [steps, …the shape given here]. */
export function stepInputs(task: Task): Record<string, { type: Expression['type']; dims: e.Dim[] }> {
  const { kind, inputDim, latentDim, classes } = task.architecture
  const { samples } = task.objective
  const eps = samples === 1 ? ['batch', latentDim] : [samples, 'batch', latentDim]
  const scalar = { type: 'float', dims: [] as e.Dim[] } as const
  return {
    pixels: { type: 'uint8', dims: ['batch', inputDim] },
    ...(classes && { y: { type: 'float', dims: ['batch', classes] } }),
    ...(kind === 'vae' && { eps: { type: 'float', dims: eps }, beta: scalar }),
    perImage: scalar,
    rate: scalar,
    epsilon: scalar,
  }
}

/** The outputs of each step. */
export const STEP_OUTPUTS = ['loss', 'reconstruction', 'kl'] as const

/** One training step, symbolically: forward, backward, Adam. Leaves are named as `stateNames` and `stepInputs` say. */
function symbolicStep(task: Task): Record<string, Expression> {
  const leaves = Object.fromEntries(
    parameterShapes(task.architecture).map(({ name, shape }) => [name, e.leaf(name, shape)]),
  )
  const fed = Object.fromEntries(
    Object.entries(stepInputs(task)).map(([name, { dims, type }]) => [name, e.leaf(name, dims, type)]),
  )
  const batch = {
    ...fed,
    x: intensities(fed.pixels),
    y: fed.y ?? null,
    eps: fed.eps ?? null,
  } as SymbolicBatch
  const objective = symbolicObjective(task, leaves, batch)
  const scalars = { rate: fed.rate, epsilon: fed.epsilon }
  return { ...adamStep(objective.loss, leaves, scalars), ...objective }
}

/**
 * Adam's step down a loss: the three state tensors of every parameter (`stateNames`, each with a prime after its name),
 * from leaves of those names.
 */
export function adamStep(
  loss: Expression,
  parameters: Readonly<Record<string, Expression>>,
  scalars: AdamScalars<Expression>,
): Record<string, Expression> {
  const derivatives = gradients(loss, Object.values(parameters))
  const updated = Object.entries(parameters).flatMap(([parameter, value], i) => {
    const names = stateNames(parameter)
    const first = e.leaf(names.first, value.shape)
    const second = e.leaf(names.second, value.shape)
    const next = adamUpdate({ value, first, second }, derivatives[i], scalars)
    return Object.entries(names).map(([part, name]) => [`${name}'`, next[part as keyof AdamState]] as const)
  })
  return Object.fromEntries(updated)
}

/** Images in [0, 1] from bytes. */
export function intensities(pixels: Expression): Expression {
  return e.div(e.toFloat(pixels), e.constant(255))
}

/** Every state tensor in the order of the graph's inputs and outputs. */
export function stateShapes(task: Task): ParameterShape[] {
  return parameterShapes(task.architecture).flatMap(({ name, shape }) =>
    Object.values(stateNames(name)).map(state => ({ name: state, shape })),
  )
}

/** One training step as a graph: inputs are the state and `stepInputs`, outputs the state primed and `STEP_OUTPUTS`. */
function stepBody(task: Task): Graph {
  const state = stateShapes(task)
  const { nodes, initializers } = emit(symbolicStep(task))
  return {
    name: 'step',
    nodes,
    initializers,
    inputs: [
      ...state.map(({ name, shape }) => floats(name, shape)),
      ...Object.entries(stepInputs(task)).map(([name, { type, dims }]): Value => ({ name, type, dims })),
    ],
    outputs: [
      ...state.map(({ name, shape }) => floats(`${name}'`, shape)),
      ...STEP_OUTPUTS.map(name => floats(name, [])),
    ],
  }
}

function floats(name: string, dims: readonly e.Dim[]): Value {
  return { name, type: 'float', dims }
}

/** The tensor in which `stepGraph` keeps the losses of the last steps: a row of `STEP_OUTPUTS` for each, the newest last. */
export const HISTORY = { name: 'history', rows: 64 } as const

/**
 * The ONNX graph of one training step, for devices that cannot loop: `stepBody`, with the state and `HISTORY` as inputs and,
 * primed, as outputs. Losses are appended to the history instead of being outputs, because fetching one makes the
 * program wait for the device in every step.
 */
export function stepGraph(task: Task): Uint8Array {
  const body = stepBody(task)
  const { name, rows } = HISTORY
  const history = floats(name, [rows, STEP_OUTPUTS.length])
  const part = (inner: string) => `${name}/${inner}`
  const node = (op: string, inputs: string[], output: string, axis?: number): Node => ({
    op,
    inputs,
    outputs: [output],
    ...(axis !== undefined && { attributes: { axis: { int: axis } } }),
  })
  return encodeModel({
    ...body,
    initializers: [
      ...body.initializers,
      int64Tensor(part('axes'), [2], [0, 1]),
      int64Tensor(part('second'), [1], [1]),
      int64Tensor(part('end'), [1], [rows]),
    ],
    inputs: [...body.inputs, history],
    nodes: [
      ...body.nodes,
      ...STEP_OUTPUTS.map(each => node('Unsqueeze', [each, part('axes')], part(each))),
      node('Concat', STEP_OUTPUTS.map(part), part('row'), 1),
      node('Slice', [name, part('second'), part('end')], part('kept')),
      node('Concat', [part('kept'), part('row')], `${name}'`, 0),
    ],
    outputs: [
      ...body.outputs.filter(output => !(STEP_OUTPUTS as readonly string[]).includes(output.name)),
      { ...history, name: `${name}'` },
    ],
  })
}

/** Prefix of the names of a run's inputs and outputs in `scanGraph`: a loop's body must not hide outer names. */
export const RUN = 'run/'

/**
 * The ONNX graph of a run of training steps: a Scan over `stepBody` that carries the state. Inputs and outputs are
 * the body's with `RUN` before each name and a leading axis [steps] on all but the state.
 */
export function scanGraph(task: Task): Uint8Array {
  const body = stepBody(task)
  const carried = stateShapes(task).length
  const outer = ({ name, type, dims }: Value, i: number): Value => ({
    name: RUN + name,
    type,
    dims: i < carried ? dims : ['steps', ...dims],
  })
  const inputs = body.inputs.map(outer)
  const outputs = body.outputs.map(outer)
  return encodeModel({
    name: 'steps',
    initializers: [],
    inputs,
    outputs,
    nodes: [
      {
        op: 'Scan',
        inputs: inputs.map(({ name }) => name),
        outputs: outputs.map(({ name }) => name),
        attributes: { body: { graph: body }, num_scan_inputs: { int: inputs.length - carried } },
      },
    ],
  })
}

import type { Dense, Mlp } from './plain-runtime.ts'
import { type Constant, type Graph, type Operation, readGraph } from './read-graph.ts'

/** A value of the graph while it is read: an input, a constant, or the result of a layer. */
type Value =
  | { kind: 'input'; inputs: Input[]; features: number | undefined }
  | { kind: 'constant'; dims: number[]; values: Float32Array }
  | { kind: 'layer'; layer: Omit<Dense, 'from'>; source: Value }

type Input = Graph['inputs'][number]

/**
 * Reads a fully connected network from an ONNX file.
 *
 * Takes Gemm, MatMul with Add, Relu, Sigmoid, Identity, Cast to float and DequantizeLinear, whose weights are float,
 * float16 or int8 constants; one input [batch, features], or several that one Concat joins before anything else; any
 * number of outputs.
 *
 * @throws SyntaxError for anything else, naming the node and its op, and for a file that is cut short
 */
export function readMlp(bytes: Uint8Array): Mlp {
  const graph = readGraph(bytes)
  const other = graph.inputs.find(input => input.rank !== 2)
  if (other) {
    throw new SyntaxError(`input ${other.name}: expected 2 axes, [batch, features], got ${other.rank}`)
  }
  if (graph.inputs.length === 0) throw new SyntaxError('expected a graph with inputs, got none')
  const values = new Map<string, Value>(
    graph.inputs.map(input => [input.name, { kind: 'input', inputs: [input], features: input.features }]),
  )
  const find = (name: string): Value | undefined =>
    values.get(name) ?? fromConstant(graph.constants.get(name))
  for (const operation of graph.operations) {
    const read = OPERATIONS[operation.op]
    if (!read) throw unsupported(operation, `expected one of ${Object.keys(OPERATIONS).join(', ')}`)
    const inputs = operation.inputs.map(name => {
      const value = name === '' ? undefined : find(name)
      if (name !== '' && !value) throw unsupported(operation, `its input ${name} comes from nowhere`)
      return value
    })
    if (operation.outputs.length !== 1)
      throw unsupported(operation, `expected 1 output, got ${operation.outputs.length}`)
    values.set(operation.outputs[0], read(operation, inputs))
  }
  return collect(graph.inputs, graph.outputs, values)
}

function fromConstant(constant: Constant | undefined): Value | undefined {
  return constant && { kind: 'constant', dims: constant.dims, values: constant.values() }
}

function unsupported(operation: Operation, why: string): SyntaxError {
  return new SyntaxError(`node ${operation.name || operation.outputs[0]} (${operation.op}): ${why}`)
}

const OPERATIONS: Record<string, (operation: Operation, inputs: (Value | undefined)[]) => Value> = {
  Gemm: readGemm,
  MatMul: (operation, [x, w]) => dense(operation, x, w, 1, false),
  Add: readAdd,
  Relu: (operation, [x]) => activate(operation, x, 'relu'),
  Sigmoid: (operation, [x]) => activate(operation, x, 'sigmoid'),
  Concat: readConcat,
  Identity: (operation, [x]) => x ?? fail(operation, 'expected an input'),
  Cast: readCast,
  DequantizeLinear: readDequantize,
}

/** The graph's inputs, joined along their features. */
function readConcat(operation: Operation, parts: (Value | undefined)[]): Value {
  const axis = operation.attributes.get('axis')
  if (axis !== 1 && axis !== -1) fail(operation, `expected axis 1 or -1, got ${axis}`)
  const inputs = parts.flatMap(part =>
    part?.kind === 'input' && part.inputs.length === 1
      ? part.inputs
      : fail(operation, 'expected inputs of the graph'),
  )
  if (new Set(inputs).size !== inputs.length) fail(operation, 'expected each input once')
  const features = inputs.reduce((sum, input) => sum + (input.features ?? Number.NaN), 0)
  if (Number.isNaN(features)) fail(operation, 'expected inputs whose number of features is fixed')
  return { kind: 'input', inputs, features }
}

function fail(operation: Operation, why: string): never {
  throw unsupported(operation, why)
}

function readGemm(operation: Operation, [x, w, c]: (Value | undefined)[]): Value {
  const attribute = (name: string, otherwise: number) => operation.attributes.get(name) ?? otherwise
  if (attribute('transA', 0) !== 0) fail(operation, 'expected transA 0, got 1')
  const product = dense(operation, x, w, attribute('alpha', 1), attribute('transB', 0) !== 0)
  return c ? addBias(operation, product, c, attribute('beta', 1)) : product
}

/** x·W·alpha as a layer without bias. W is transposed to [inputs, units] if the file has it the other way round. */
function dense(
  operation: Operation,
  x: Value | undefined,
  w: Value | undefined,
  alpha: number,
  transposed: boolean,
): Value {
  if (!x || x.kind === 'constant')
    return fail(operation, 'expected its first input to depend on the graph’s input')
  if (w?.kind !== 'constant' || w.dims.length !== 2)
    return fail(operation, 'expected a constant matrix as weights')
  const [inputs, units] = transposed ? [w.dims[1], w.dims[0]] : w.dims
  const features = x.kind === 'input' ? (x.features ?? inputs) : x.layer.units
  if (features !== inputs) fail(operation, `expected weights for ${features} features, got ${inputs}`)
  const weights = new Float32Array(inputs * units)
  for (let i = 0; i < inputs; i++) {
    for (let j = 0; j < units; j++) {
      weights[i * units + j] = alpha * w.values[transposed ? j * inputs + i : i * units + j]
    }
  }
  const bias = new Float32Array(units)
  return {
    kind: 'layer',
    layer: { name: operation.outputs[0], inputs, units, activation: 'linear', weights, bias },
    source: x,
  }
}

function readAdd(operation: Operation, [a, b]: (Value | undefined)[]): Value {
  if (a?.kind === 'layer' && b?.kind === 'constant') return addBias(operation, a, b, 1)
  if (b?.kind === 'layer' && a?.kind === 'constant') return addBias(operation, b, a, 1)
  return fail(operation, 'expected the sum of a MatMul and a constant')
}

function addBias(operation: Operation, value: Value, c: Value, beta: number): Value {
  if (value.kind !== 'layer' || value.layer.activation !== 'linear') {
    return fail(operation, 'expected a bias directly behind a product')
  }
  const { units } = value.layer
  if (c.kind !== 'constant' || (c.values.length !== units && c.values.length !== 1)) {
    return fail(operation, `expected a constant bias of ${units} numbers`)
  }
  const bias = value.layer.bias.map((b, j) => b + beta * c.values[c.values.length === 1 ? 0 : j])
  return { ...value, layer: { ...value.layer, name: operation.outputs[0], bias } }
}

function activate(operation: Operation, x: Value | undefined, activation: 'relu' | 'sigmoid'): Value {
  if (x?.kind !== 'layer' || x.layer.activation !== 'linear') {
    return fail(operation, 'expected it directly behind a layer without activation')
  }
  return { ...x, layer: { ...x.layer, name: operation.outputs[0], activation } }
}

function readCast(operation: Operation, [x]: (Value | undefined)[]): Value {
  if (operation.attributes.get('to') !== 1) fail(operation, 'expected a cast to float')
  return x ?? fail(operation, 'expected an input')
}

/** (q − zeroPoint) · scale, one scale and zero point for all or for each index of an axis. */
function readDequantize(operation: Operation, [q, scale, zero]: (Value | undefined)[]): Value {
  if (q?.kind !== 'constant' || scale?.kind !== 'constant' || (zero && zero.kind !== 'constant')) {
    return fail(operation, 'expected constants')
  }
  const given = operation.attributes.get('axis') ?? 1
  const axis = given < 0 ? given + q.dims.length : given
  const perAxis = scale.values.length > 1 || scale.dims.length > 0
  if (perAxis && scale.values.length !== q.dims[axis]) {
    fail(
      operation,
      `expected ${q.dims[axis]} scales for axis ${axis} of [${q.dims}], got ${scale.values.length}`,
    )
  }
  const stride = q.dims.slice(axis + 1).reduce((product, dim) => product * dim, 1)
  const values = q.values.map((v, i) => {
    const k = perAxis ? Math.floor(i / stride) % q.dims[axis] : 0
    return (v - (zero?.values[k] ?? 0)) * scale.values[k]
  })
  return { kind: 'constant', dims: q.dims, values }
}

/** Numbers the layers that the outputs need, each after its input. */
function collect(given: Input[], names: string[], values: Map<string, Value>): Mlp {
  const layers: Dense[] = []
  const numbers = new Map<Value, number>()
  let inputs: Input[] | undefined
  const number = (value: Value): number => {
    if (value.kind === 'input') {
      const joined = value.inputs.map(({ name }) => name).join(', ')
      if (value.inputs.length !== given.length) {
        throw new SyntaxError(
          `expected layers that read all ${given.length} inputs, got one that reads ${joined}`,
        )
      }
      inputs ??= value.inputs
      if (inputs.some((input, i) => input !== value.inputs[i])) {
        throw new SyntaxError('expected the inputs joined in one order, got two')
      }
      return 0
    }
    if (value.kind !== 'layer') return 0
    const known = numbers.get(value)
    if (known !== undefined) return known
    layers.push({ ...value.layer, from: number(value.source) })
    numbers.set(value, layers.length)
    return layers.length
  }
  const outputs = names.map(name => {
    const value = values.get(name)
    if (value?.kind !== 'layer') throw new SyntaxError(`output ${name}: expected the result of a layer`)
    return { name, value: number(value) }
  })
  if (layers.length === 0 || !inputs) throw new SyntaxError('expected a graph with outputs, got none')
  const { inputs: features } = layers.find(layer => layer.from === 0)!
  const input = { name: inputs.map(({ name }) => name).join(', '), features }
  return {
    input,
    inputs: inputs.map(({ name, features: own }) => ({ name, features: own ?? features })),
    layers,
    outputs,
  }
}

import type { DenseShape } from '../architecture.ts'

/** A dense layer with its weights. */
export interface Dense extends DenseShape {
  /** W, shape [inputs, units], row-major. */
  weights: Float32Array
  /** b, shape [units]. */
  bias: Float32Array
  /** Its input: 0 is the network's input, i + 1 the result of layer i. Always less than its own number. */
  from: number
}

/** A network of dense layers: a chain, or a trunk with several heads. */
export interface Mlp {
  /**
   * The names of the inputs joined by a comma, and the sum of their features: the row that the function of
   * `createRunner` takes.
   */
  input: { name: string; features: number }
  /** The inputs in the order of their features in a row: x, or x and y of a conditional model. */
  inputs: { name: string; features: number }[]
  /** Layers in topological order. */
  layers: Dense[]
  /** Outputs by name; `value` is numbered like `from`. */
  outputs: { name: string; value: number }[]
}

/**
 * Returns a function that runs the network on `batch` rows: x [batch, features] row-major → each output [batch, units].
 * If the network has several inputs, a row of x holds them one after the other (`joinRows`).
 *
 * The next call overwrites the arrays that it returns, so that dragging at 60 frames a second allocates nothing: copy
 * what must last. Sums are float64, results float32.
 *
 * @throws RangeError when x does not hold batch × features numbers
 */
export function createRunner(mlp: Mlp): (x: Float32Array, batch?: number) => Record<string, Float32Array> {
  const widest = Math.max(...mlp.layers.map(layer => Math.max(layer.inputs, layer.units)))
  const scratch: Scratch = {
    rows: new Int32Array(widest + 3),
    values: new Float64Array(widest + 3),
    sums: new Float64Array(widest),
  }
  let buffers: Float32Array[] = []
  return (x, batch = 1) => {
    if (x.length !== batch * mlp.input.features) {
      throw new RangeError(
        `${mlp.input.name}: expected ${batch} × ${mlp.input.features} = ${batch * mlp.input.features} numbers, got ${x.length}`,
      )
    }
    if (buffers[0]?.length !== batch * mlp.layers[0].units) {
      buffers = mlp.layers.map(layer => new Float32Array(batch * layer.units))
    }
    const value = (i: number) => (i === 0 ? x : buffers[i - 1])
    mlp.layers.forEach((layer, i) => {
      runDense(layer, value(layer.from), batch, buffers[i], scratch)
    })
    return Object.fromEntries(mlp.outputs.map(output => [output.name, value(output.value)]))
  }
}

interface Scratch {
  /** Offsets into the weights of the rows that take part, and what each is multiplied by. */
  rows: Int32Array
  values: Float64Array
  sums: Float64Array
}

function runDense(layer: Dense, x: Float32Array, batch: number, out: Float32Array, scratch: Scratch): void {
  const { inputs, units, bias } = layer
  const { sums } = scratch
  for (let row = 0; row < batch; row++) {
    for (let j = 0; j < units; j++) sums[j] = bias[j]
    addProduct(layer, x, row * inputs, scratch)
    activate(layer.activation, sums, units, out, row * units)
  }
}

/**
 * Computes sums += x·W for one row of x, four rows of weights at a time. Zeros, of which there are many after ReLU, are
 * skipped.
 */
function addProduct(layer: Dense, x: Float32Array, offset: number, { rows, values, sums }: Scratch): void {
  const { inputs, units, weights } = layer
  let n = 0
  for (let i = 0; i < inputs; i++) {
    const v = x[offset + i]
    if (v === 0) continue
    rows[n] = i * units
    values[n++] = v
  }
  while (n % 4 !== 0) {
    rows[n] = 0
    values[n++] = 0
  }
  for (let k = 0; k < n; k += 4) {
    const [r0, r1, r2, r3] = [rows[k], rows[k + 1], rows[k + 2], rows[k + 3]]
    const [v0, v1, v2, v3] = [values[k], values[k + 1], values[k + 2], values[k + 3]]
    for (let j = 0; j < units; j++) {
      sums[j] += v0 * weights[r0 + j] + v1 * weights[r1 + j] + v2 * weights[r2 + j] + v3 * weights[r3 + j]
    }
  }
}

function activate(
  activation: Dense['activation'],
  sums: Float64Array,
  units: number,
  out: Float32Array,
  offset: number,
): void {
  if (activation === 'relu') for (let j = 0; j < units; j++) out[offset + j] = sums[j] > 0 ? sums[j] : 0
  else if (activation === 'sigmoid')
    for (let j = 0; j < units; j++) out[offset + j] = 1 / (1 + Math.exp(-sums[j]))
  else for (let j = 0; j < units; j++) out[offset + j] = sums[j]
}

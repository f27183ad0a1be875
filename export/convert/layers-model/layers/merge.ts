import { z } from 'zod'
import type { Builder } from '../../graph/builder.ts'
import { channelsLast, elementwise } from '../../graph/layout.ts'
import { concat, reduce, scalar, squeeze, transpose, unsqueeze } from '../../graph/operators.ts'
import type { Value } from '../../graph/value.ts'
import { defineLayer, flag, type LayerDefinition, type LayerScope } from './layer.ts'

const SEVERAL = { inputs: { least: 2, most: Number.POSITIVE_INFINITY }, masks: 'reject' } as const

/** Inserts axes of size 1 after the batch axis of inputs of lower rank, as TF.js does for broadcasting. */
function levelled(graph: Builder, inputs: readonly Value[]): Value[] {
  const rank = Math.max(...inputs.map(x => x.dims.length))
  return inputs.map(x => {
    let y = x
    while (y.dims.length < rank) y = unsqueeze(graph, y, 1)
    return y
  })
}

function merge(emit: (graph: Builder, inputs: Value[]) => Value): LayerDefinition {
  return defineLayer(
    z.object({}),
    (_, inputs, { graph }) => elementwise(graph, levelled(graph, inputs), (...values) => emit(graph, values)),
    SEVERAL,
  )
}

const folded = (op: string) => (graph: Builder, inputs: Value[]) =>
  inputs.reduce((a, b) => graph.op(op, [a, b]))

function concatenate(layer: LayerScope, inputs: readonly Value[], axis: number): Value {
  const { graph } = layer
  const rank = inputs[0].dims.length
  if (inputs.some(x => x.dims.length !== rank)) layer.fail('its inputs have different ranks')
  if (axis === 0 || axis >= rank || axis < -1) {
    layer.fail(
      `expected axis -1 or 1 to ${rank - 1}, got ${axis}: TF.js cannot join the batch and misreads others`,
    )
  }
  const chosen = axis === -1 ? rank - 1 : axis
  for (const x of inputs) {
    const differs = x.dims.findIndex(
      (size, i) => i !== chosen && typeof size === 'number' && size !== inputs[0].dims[i],
    )
    if (differs >= 0 && typeof inputs[0].dims[differs] === 'number') {
      layer.fail(`shapes ${inputs.map(v => `[${v.dims.join(', ')}]`).join(', ')} differ in axis ${differs}`)
    }
  }
  const twins = inputs.flatMap(x => graph.layouts.get(x.name) ?? [])
  if (twins.length < inputs.length || rank < 3) return concat(graph, inputs, chosen)
  return channelsLast(graph, concat(graph, twins, chosen === rank - 1 ? 1 : chosen + 1))
}

/** TF.js's l2Normalize. */
function normalized(graph: Builder, x: Value, axis: number): Value {
  const sum = reduce(graph, 'ReduceSum', graph.op('Mul', [x, x]), [axis], true)
  return graph.op('Div', [x, graph.op('Sqrt', [graph.op('Max', [sum, scalar(graph, 1e-7)])])])
}

/** Dot product along one axis of each input, for ranks 2 and 3. */
function dot(graph: Builder, x: Value, y: Value, [left, right]: readonly [number, number]): Value {
  if (x.dims.length === 2 && y.dims.length === 2) {
    return reduce(graph, 'ReduceSum', graph.op('Mul', [x, y]), [1], true)
  }
  const rows = x.dims.length === 2 ? unsqueeze(graph, x, 1) : left === 1 ? transpose(graph, x, [0, 2, 1]) : x
  const columns =
    y.dims.length === 2 ? unsqueeze(graph, y, 2) : right === 2 ? transpose(graph, y, [0, 2, 1]) : y
  const product = graph.op('MatMul', [rows, columns])
  if (x.dims.length === 2) return squeeze(graph, product, 1)
  return y.dims.length === 2 ? squeeze(graph, product, 2) : product
}

const DotConfig = z.object({
  axes: z.union([z.int().transform(a => [a, a] as const), z.tuple([z.int(), z.int()])]),
  normalize: flag(false),
})

/** Layers that make one tensor of several (Add, Concatenate, Dot …), by class name. */
export const mergeLayers: Record<string, LayerDefinition> = {
  Add: merge(folded('Add')),
  Multiply: merge(folded('Mul')),
  Average: merge((graph, inputs) =>
    graph.op('Mul', [folded('Add')(graph, inputs), scalar(graph, 1 / inputs.length)]),
  ),
  Maximum: merge(folded('Max')),
  Minimum: merge(folded('Min')),
  Concatenate: defineLayer(
    z.object({ axis: z.int().nullish() }),
    ({ axis }, inputs, layer) => concatenate(layer, inputs, axis ?? -1),
    { ...SEVERAL, note: 'axis −1 or counted from the front; TF.js misreads −2 and below' },
  ),
  Dot: defineLayer(
    DotConfig,
    ({ axes, normalize }, [x, y], layer) => {
      const [left, right] = [x, y].map((v, i) => (axes[i] < 0 ? axes[i] + v.dims.length : axes[i]))
      for (const [v, axis] of [[x, left] as const, [y, right] as const]) {
        if (v.dims.length > 3 || v.dims.length < 2)
          layer.fail(`expected inputs of rank 2 or 3, got ${v.dims.length}`)
        if (axis < 1 || axis >= v.dims.length)
          layer.fail(`axes [${axes}] are not axes of its inputs behind the batch`)
      }
      if (x.dims[left] !== y.dims[right]) {
        layer.fail(
          `expected equal sizes along axes ${left} and ${right}, got ${x.dims[left]} and ${y.dims[right]}`,
        )
      }
      const { graph } = layer
      const [a, b] = normalize ? [normalized(graph, x, left), normalized(graph, y, right)] : [x, y]
      return dot(graph, a, b, [left, right])
    },
    { inputs: { least: 2, most: 2 }, masks: 'drop', note: 'ranks 2 and 3' },
  ),
}

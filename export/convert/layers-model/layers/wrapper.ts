import { z } from 'zod'
import { parse } from '../../graph/conversion-error.ts'
import { concat, reshape, reverse, slice } from '../../graph/operators.ts'
import type { Dim, Value } from '../../graph/value.ts'
import { defineLayer, type LayerDefinition, type LayerScope, option } from './layer.ts'
import { joined, KINDS, RecurrentConfig, recur } from './recurrent.ts'

const Wrapped = z.object({
  className: z.string(),
  config: z.intersection(z.object({ name: z.string().min(1) }), z.record(z.string(), z.unknown())),
})
const BidirectionalConfig = z.object({
  layer: Wrapped,
  backwardLayer: z.unknown().optional(),
  mergeMode: z.union([z.null(), option(['concat', 'sum', 'mul', 'ave'], 'concat')]),
})

/** Applies the same layer at every time step: time is merged into the batch axis and separated from it again. */
function timeDistributed(layer: LayerScope, wrapped: z.infer<typeof Wrapped>, x: Value): Value {
  const { graph } = layer
  const [, time, ...rest] = x.dims
  if (x.dims.length < 3) layer.fail(`expected an input of rank 3 or more, got shape [${x.dims.join(', ')}]`)
  if (wrapped.className === 'Dense') return single(layer, layer.child(wrapped, [x]))
  if (x.mask) layer.fail('masked input is supported around Dense only')
  const flat = reshape(graph, x, [-1, ...fixed(layer, rest)])
  const y = single(layer, layer.child(wrapped, [flat]))
  const after = fixed(layer, y.dims.slice(1))
  if (typeof time === 'number') return reshape(graph, y, [-1, time, ...after])
  const front = slice(graph, graph.op('Shape', [x]), 0, 0, 2)
  const shape = concat(graph, [front, graph.ints(after)], 0)
  return graph.op('Reshape', [y, shape], {}, { type: y.type, dims: [...x.dims.slice(0, 2), ...after] })
}

function fixed(layer: LayerScope, dims: readonly Dim[]): number[] {
  return dims.map(dim =>
    typeof dim === 'number' ? dim : layer.fail('sizes behind the time axis are not known'),
  )
}

function single(layer: LayerScope, values: readonly Value[]): Value {
  return values.length === 1
    ? values[0]
    : layer.fail(`the layer in it has ${values.length} outputs; expected 1`)
}

/**
 * Checks that `backward_layer` is a copy of `layer` that runs backwards: TF.js ignores it and makes such a copy itself.
 * Keras 3 always writes it.
 */
function requireMirrored(
  layer: LayerScope,
  forward: RecurrentConfig,
  className: string,
  backwardLayer: unknown,
): void {
  if (backwardLayer == null) return
  const backward = parse(Wrapped, backwardLayer, `${layer.scope}, backward_layer`)
  const options = parse(RecurrentConfig, backward.config, `${layer.scope}, backward_layer`)
  const mirrored = { ...options, goBackwards: !options.goBackwards }
  const differs = (Object.keys(forward) as (keyof RecurrentConfig)[]).find(
    key => forward[key] !== mirrored[key],
  )
  if (backward.className !== className) {
    layer.fail(
      `backward_layer is a ${backward.className}, its layer a ${className}: TF.js ignores backward_layer`,
    )
  }
  if (differs) layer.fail(`backward_layer differs from its layer in ${differs}: TF.js ignores backward_layer`)
}

/** The scope of one direction: TF.js puts the direction before the layer's name; Keras 3 writes both names out. */
function directed(
  layer: LayerScope,
  direction: 'forward' | 'backward',
  name: string,
  backwardLayer: unknown,
): LayerScope {
  const prefixed = layer.inner(`${direction}_${name}`)
  if (backwardLayer == null || prefixed.shape('kernel')) return prefixed
  const backward = parse(Wrapped, backwardLayer, `${layer.scope}, backward_layer`)
  return layer.inner(direction === 'forward' ? name : backward.config.name)
}

/** A recurrent layer over the sequence, and a second one over the reversed sequence. */
function bidirectional(
  layer: LayerScope,
  { layer: { className, config }, backwardLayer, mergeMode }: z.infer<typeof BidirectionalConfig>,
  [x, ...initial]: readonly Value[],
): Value | Value[] {
  const kind =
    KINDS[className] ?? layer.fail(`expected ${Object.keys(KINDS).join(', ')} in it, got ${className}`)
  const options = parse(RecurrentConfig, config, layer.scope)
  if (options.stateful) layer.fail('stateful layers in it are not supported')
  requireMirrored(layer, options, className, backwardLayer)
  const half = initial.length / 2
  const runs = (['forward', 'backward'] as const).map((direction, i) => {
    const backwards = (direction === 'backward') !== options.goBackwards
    const states = initial.slice(i * half, (i + 1) * half)
    const inner = directed(layer, direction, config.name, backwardLayer)
    const run = layer.graph.inScope(inner.scope, () =>
      recur(inner, x, { kind, config: options, backwards, initial: states }),
    )
    if (!options.returnSequences) return { ...run, output: run.last }
    // If `layer` itself has goBackwards, both sequences of TF.js are in reversed order.
    return { ...run, output: options.goBackwards ? reverse(layer.graph, run.sequence, 1) : run.sequence }
  })
  const mask = options.returnSequences ? x.mask : undefined
  const [a, b] = runs.map(run => run.output)
  const outputs = mergeMode === null ? [a, b] : [joined(layer, mergeMode, a, b)]
  const results = outputs.map((output, i) => (i === 0 ? { ...output, mask } : output))
  return options.returnState ? [...results, ...runs.flatMap(run => run.states)] : results
}

/** Layers that apply another layer (TimeDistributed, Bidirectional), by class name. */
export const wrapperLayers: Record<string, LayerDefinition> = {
  TimeDistributed: defineLayer(
    z.object({ layer: Wrapped }),
    ({ layer: wrapped }, [x], layer) => timeDistributed(layer, wrapped, x),
    { masks: 'pass', note: 'around any layer or model with one input and output' },
  ),
  Bidirectional: defineLayer(
    BidirectionalConfig,
    (config, inputs, layer) => bidirectional(layer, config, inputs),
    {
      masks: 'handle',
      readsMask: true,
      inputs: { least: 1, most: 5 },
      note: 'around SimpleRNN, GRU, LSTM; merge_mode: concat, sum, mul, ave, null',
    },
  ),
}

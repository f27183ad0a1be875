import type { Builder } from '../../graph/builder.ts'
import { cast, concat, reduce, scalar, slice, squeeze, unsqueeze } from '../../graph/operators.ts'
import type { Value } from '../../graph/value.ts'

/** The results of a recurrent layer. */
export interface Recurred {
  /** Output of every step, [batch, time, units], in the order of time. */
  sequence: Value
  /** Output of the step that came last. */
  last: Value
  /** States after it. */
  states: Value[]
}

/** A sequence whose masked steps were moved to its end. */
export interface Compacted {
  /** [batch, time, features], the unmasked steps first, in their order. */
  values: Value
  /** Number of unmasked steps, int32 [batch]. */
  lengths: Value
  /** 1 for unmasked steps, else 0, as float [batch, time]. */
  keep: Value
}

/** Larger than any number of steps; the sum with such a number is exact in float32. */
const FAR = 2 ** 20

/** Cumulative number of unmasked steps, the current one included: float [batch, time]. */
function counted(graph: Builder, keep: Value): Value {
  return graph.op('CumSum', [keep, graph.ints([1], [])])
}

/** Gathers rows of each example: x [batch, time, features], rows int64 [batch, n] → [batch, n, features]. */
function pick(graph: Builder, x: Value, rows: Value): Value {
  return graph.op('GatherND', [x, unsqueeze(graph, rows, 2)], { batch_dims: { int: 1 } })
}

/**
 * Moves the unmasked steps to the front.
 *
 * A masked step does not change a recurrent layer's state. So a masked sequence has the same states as the sequence
 * without those steps, which ONNX's recurrent operators take as a sequence with a length.
 */
export function compacted(graph: Builder, x: Value, mask: Value): Compacted {
  const keep = cast(graph, mask, 'float')
  const position = graph.op('CumSum', [
    graph.op('Add', [graph.op('Mul', [keep, scalar(graph, 0)]), scalar(graph, 1)]),
    graph.ints([1], []),
  ])
  const order = graph.op('Sub', [graph.op('Mul', [keep, scalar(graph, FAR)]), position])
  const time = slice(graph, graph.op('Shape', [keep]), 0, 1)
  const [, rows] = graph.ops('TopK', [order, time], 2, { axis: { int: 1 } })
  const lengths = cast(graph, reduce(graph, 'ReduceSum', keep, [1], false), 'int32')
  return { values: pick(graph, x, rows), lengths, keep }
}

/**
 * Moves the outputs for a compacted sequence back to the places of its steps. A masked step repeats the output of the
 * preceding step in processing order, or zeros if there is none.
 *
 * @param sequence [batch, time, units], outputs of the compacted steps
 */
export function expanded(graph: Builder, { keep }: Compacted, sequence: Value, backwards: boolean): Recurred {
  const zero = graph.op('Mul', [slice(graph, sequence, 1, 0, 1), scalar(graph, 0)])
  const until = counted(graph, keep)
  // Forwards, row 0 is the state before the first step. Backwards, the rows after the last unmasked step are zero.
  const rows = backwards ? graph.op('Sub', [until, keep]) : until
  const padded = concat(graph, backwards ? [sequence, zero] : [zero, sequence], 1)
  const full = pick(graph, padded, cast(graph, rows, 'int64'))
  const end = backwards ? slice(graph, full, 1, 0, 1) : slice(graph, full, 1, -1)
  return { sequence: full, last: squeeze(graph, end, 1), states: [] }
}

import { CONTROL_FLOW } from '../graph-model/convert-graph.ts'
import { OPERATORS, UNCONVERTED } from '../graph-model/operators/table.ts'
import { decode } from './decode-onnx.ts'
import type { GraphSample } from './graph-samples/sample.ts'

/** The attributes that one operator was tried with, and the ONNX operators that it became. */
export interface TriedOperator {
  operators: Set<string>
  /** Attributes with their values, those that only name element types left out. */
  attributes: Map<string, Set<string>>
  ranks: Set<number>
}

/** The record of an operator before any sample of it was tried. */
export const nothingTried = (): TriedOperator => ({
  operators: new Set(),
  attributes: new Map(),
  ranks: new Set(),
})

const NAMING = new Set([
  'T',
  'Tidx',
  'SrcT',
  'DstT',
  'N',
  'num',
  'num_args',
  'num_split',
  'epsilon',
  'axis',
  'is_training',
])

/** Adds a sample and the file it became to what was tried. */
export function noteSample(tried: TriedOperator, sample: GraphSample, bytes: Uint8Array): void {
  for (const { opType } of decode(bytes).graph!.node) tried.operators.add(opType)
  const data = sample.inputs.filter(({ constant }) => !constant)
  for (const { dims } of data) tried.ranks.add(dims.length)
  for (const [name, value] of Object.entries(sample.attr)) {
    if (NAMING.has(name) || /_mask$|paddings$/.test(name)) continue
    const values = tried.attributes.get(name) ?? new Set()
    tried.attributes.set(name, values.add(textOf(value as Record<string, unknown>)))
  }
}

function textOf(value: Record<string, unknown>): string {
  if ('s' in value) return atob(value.s as string)
  if ('list' in value) {
    const { i, s } = value.list as { i?: string[]; s?: string[] }
    return s ? s.map(text => atob(text)).join('+') : (i ?? []).join('·')
  }
  return String(value.b ?? value.i ?? value.f)
}

function row(op: string, { operators, attributes, ranks }: TriedOperator): string {
  const becomes = [...operators].filter(name => name !== 'Identity' || operators.size === 1).sort()
  const rankText =
    ranks.size === 0
      ? ''
      : `rank ${[Math.min(...ranks), Math.max(...ranks)].filter((n, i, all) => all.indexOf(n) === i).join(' to ')}`
  const options = [...attributes].map(([name, values]) =>
    values.size > 4 ? `${values.size} of ${name}` : `${name} ${[...values].sort().join(', ')}`,
  )
  return `| ${[op, becomes.join(', '), [rankText, ...options].filter(Boolean).join('; '), OPERATORS[op]?.note ?? ''].join(' | ')} |`
}

/** The part of README.md on operators of graph-models, from what the tests have tried. */
export function operatorSection(tried: ReadonlyMap<string, TriedOperator>): string {
  const rows = [...tried].sort(([a], [b]) => (a < b ? -1 : 1)).map(([op, what]) => row(op, what))
  const refused = Object.entries(UNCONVERTED).map(([op, why]) => `- ${op}: ${why}`)
  return [
    '| Operator | ONNX operators | Tried with | Notes |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    'Constants, inputs, control flow, functions, lists and arrays of tensors, tried in control-flow/: ' +
      `${[...CONTROL_FLOW].sort().join(', ')}.`,
    '',
    'TF.js has these, and they are refused:',
    '',
    ...refused,
  ].join('\n')
}

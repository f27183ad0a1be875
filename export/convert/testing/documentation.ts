import { readFileSync, writeFileSync } from 'node:fs'
import { ABSENT, LAYERS, UNCONVERTED } from '../layers-model/layers/table.ts'
import { decode } from './decode-onnx.ts'
import type { LayerJson, Sample } from './drawing.ts'

/** The options that one class of layers was tried with, and the operators that it became. */
export interface Tried {
  operators: Set<string>
  /** By option, the values it was tried with. */
  options: Map<string, Set<string | number>>
}

/** The record of a layer before any sample of it was tried. */
export const nothingTried = (): Tried => ({ operators: new Set(), options: new Map() })

/** Adds a sample and the file it became to what was tried. */
export function note(tried: Tried, sample: Sample, className: string, bytes: Uint8Array): void {
  // A second layer only tests the mask of the first; its operators must not be counted for the first.
  const alone = sample.layers.length === 1
  if (alone) for (const { opType } of decode(bytes).graph!.node) tried.operators.add(opType)
  const layer = sample.layers.find(candidate => candidate.className === className)!
  noteOptions(tried.options, layer)
}

function noteOptions(options: Tried['options'], { config }: LayerJson): void {
  for (const [key, value] of Object.entries(config)) {
    const inner = value as LayerJson | null
    if (inner?.className) {
      add(options, 'layer', inner.className)
      if (inner.className !== 'Dense') continue
    }
    if (key === 'name' || typeof value === 'boolean' || value === null) continue
    for (const item of [value].flat(3))
      if (typeof item !== 'object') add(options, snake(key), item as string | number)
  }
}

function add(options: Tried['options'], key: string, value: string | number): void {
  options.set(key, (options.get(key) ?? new Set()).add(value))
}

const snake = (key: string) => key.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)

function optionText([key, values]: [string, Set<string | number>]): string {
  const numbers = [...values].filter(value => typeof value === 'number')
  if (numbers.length === values.size) {
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)].map(n =>
      String(Number(n.toPrecision(2))),
    )
    return least === most ? `${key} ${least}` : `${key} ${least} to ${most}`
  }
  return values.size > 5 ? `${values.size} of ${key}` : `${key} ${[...values].sort().join(', ')}`
}

/** Operators that an `activation` may add to any layer. */
const OF_ACTIVATIONS = new Set(
  [
    'Add',
    'Clip',
    'Div',
    'Elu',
    'Erf',
    'HardSigmoid',
    'LogSoftmax',
    'Mul',
    'Relu',
    'Selu',
    'Sigmoid',
    'Softmax',
  ].concat(['Softplus', 'Softsign', 'Tanh']),
)

function row(className: string, { operators, options }: Tried): string {
  const activated = options.has('activation') && className !== 'Activation'
  const becomes = [...operators].sort().filter(op => {
    return op === 'Identity' ? operators.size === 1 : !(activated && OF_ACTIVATIONS.has(op))
  })
  const tried = [...options].sort(([a], [b]) => (a < b ? -1 : 1)).map(optionText)
  const text = [className, becomes.join(', '), tried.join('; '), LAYERS[className].note ?? '']
  return `| ${text.join(' | ')} |`
}

const list = (reasons: Readonly<Record<string, string>>) =>
  Object.entries(reasons).map(([className, why]) => `- ${className}: ${why}`)

/** The section of README.md on layers, generated from the samples of the tests. */
export function layerSection(tried: ReadonlyMap<string, Tried>): string {
  const rows = [...tried].map(([className, what]) => row(className, what))
  const head = ['| Layer | Operators | Tried with | Notes |', '| --- | --- | --- | --- |']
  const rest = ['', 'TF.js has these, and they are refused:', '', ...list(UNCONVERTED)]
  const absent = ['', 'Keras has these and TF.js does not:', '', ...list(ABSENT)]
  return [...head, ...rows, ...rest, ...absent].join('\n')
}

/**
 * Puts `section` between a README's `<!-- name -->` marks.
 *
 * @param write whether to write the file
 * @returns the section as it was before
 */
export function replaceSection(file: string, name: string, section: string, write: boolean): string {
  const text = readFileSync(file, 'utf8')
  const [start, end] = [`<!-- ${name} -->\n\n`, `\n\n<!-- end of ${name} -->`]
  const [from, to] = [text.indexOf(start) + start.length, text.indexOf(end)]
  if (from < start.length || to < from)
    throw new Error(`${file}: expected the marks ${start.trim()} and ${end.trim()}`)
  if (write) writeFileSync(file, text.slice(0, from) + section + text.slice(to))
  return text.slice(from, to)
}

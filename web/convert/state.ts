import { TOLERANCE } from '../../export/convert/check/tolerance.ts'
import type { Precision } from '../../export/convert/graph/precision.ts'
import { OPSETS } from '../../export/convert/to-onnx/convert-options.ts'
import type { ConvertedFile, PageOptions } from './messages.ts'

/** The options as the form has them. */
export interface FormOptions {
  precision: Precision
  opset: number
  batch: string
  state: '' | 'io' | 'reset'
  /** Names with spaces or commas between them; empty for the model's own. */
  inputs: string
  outputs: string
}

/** Files that a visitor gave, by path. */
export type GivenFiles = ReadonlyMap<string, File>

/** The state of the converter's page. */
export interface PageState {
  files: GivenFiles
  /** Paths of several model.json among the files, of which one is to be chosen. */
  models: readonly string[]
  /** Path of the chosen model.json. */
  model?: string
  options: FormOptions
  /** What is being done at the moment. */
  progress?: string
  /** Why the model cannot be converted. */
  problem?: string
  result?: Result
}

/** A converted file, and the result of its check. */
export interface Result {
  model: string
  file: ConvertedFile
  /** Name of the file to save. */
  name: string
  /** Address of its bytes, in this page. */
  url: string
  check: CheckState
}

/** The state of the form that checks a converted model. */
export interface CheckState {
  /** Sizes of open axes as typed, by the names of the axes. */
  sizes: Readonly<Record<string, string>>
  /** As typed; empty for the default of the precision. */
  tolerance: string
  samples: readonly File[]
  verdict?: { kind: 'same'; lines: readonly string[] } | { kind: 'differs' | 'unchecked'; message: string }
}

/** The state of a page on which nothing was chosen yet. */
export function initialState(): PageState {
  const options = {
    precision: 'fp32',
    opset: OPSETS.default,
    batch: 'batch',
    state: '',
    inputs: '',
    outputs: '',
  } as const
  return { files: new Map(), models: [], options }
}

/** The options as the converter takes them. */
export function convertOptions(options: FormOptions): PageOptions {
  const { precision, opset, batch, state, inputs, outputs } = options
  return {
    precision,
    opset,
    batch: batch.trim(),
    ...(state && { state }),
    ...(names(inputs).length > 0 && { inputs: names(inputs) }),
    ...(names(outputs).length > 0 && { outputs: names(outputs) }),
  }
}

/** The names in a text, separated by spaces or commas. */
export const names = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean)

/** Names of the inputs' axes without a size, except the batch. */
export function openAxes({ inputs }: ConvertedFile): string[] {
  const axes = inputs.flatMap(({ dims }) => dims.slice(1).filter(dim => typeof dim === 'string'))
  return [...new Set(axes)]
}

/** The sizes that are typed, as numbers. */
export function sizesOf({ sizes }: CheckState): Record<string, number> {
  const given = Object.entries(sizes).filter(([, text]) => Number(text) >= 1)
  return Object.fromEntries(given.map(([name, text]) => [name, Math.round(Number(text))]))
}

/** The tolerance that is typed, else that of the precision. */
export function toleranceOf({ tolerance }: CheckState, precision: Precision): number {
  return tolerance.trim() !== '' && Number(tolerance) >= 0 ? Number(tolerance) : TOLERANCE[precision]
}

/** The file's name: that of the model's folder, archive or file. */
export function fileName(model: string, files: GivenFiles): string {
  const folder = model.split('/').at(-2)
  const archive = [...files.keys()].find(path => /\.zip$/i.test(path))
  const own = model.replace(/^.*\//, '').replace(/\.json(\.gz)?$/i, '')
  const name =
    folder ?? (own === 'model' && archive ? archive.replace(/^.*\//, '').replace(/\.zip$/i, '') : own)
  return `${name}.onnx`
}

/** The command that makes the same file. */
export function sameCommand({ model, name, check }: Result, options: FormOptions): string {
  const flags = [
    options.precision !== 'fp32' && `--precision ${options.precision}`,
    options.opset !== OPSETS.default && `--opset ${options.opset}`,
    options.batch !== 'batch' && `--batch ${options.batch}`,
    options.state && `--state ${options.state}`,
    options.inputs && `--inputs ${names(options.inputs).join(' ')}`,
    options.outputs && `--outputs ${names(options.outputs).join(' ')}`,
    '--check',
    ...Object.entries(sizesOf(check)).map(([axis, size]) => `--sizes ${axis}=${size}`),
  ]
  const quoted = (text: string) => (/^[\w./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
  return ['npx tfjs2onnx', quoted(model), quoted(name), ...flags.filter(Boolean)].join(' ')
}

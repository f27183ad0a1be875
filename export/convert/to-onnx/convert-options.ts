import { concatBytes } from '../../../models/files/bytes.ts'
import type { Value } from '../../../models/onnx/encode-model.ts'
import { fail } from '../graph/conversion-error.ts'
import { PRECISIONS, type Precision } from '../graph/precision.ts'
import type { CustomLayers } from '../layers-model/custom-layers.ts'
import type { StateMode } from '../layers-model/layers/layer.ts'

/** Options of a conversion. */
export interface ConvertOptions {
  /** How weights are stored; default fp32. */
  precision?: Precision
  /** ONNX operator set, 13 to 21; default 17. */
  opset?: number
  /** Names of the graph's inputs in the model's order; default those of the model. */
  inputs?: readonly string[]
  /** Names of the graph's outputs in the model's order; default those of the model. */
  outputs?: readonly string[]
  /** Name of the open batch size; default "batch". */
  batch?: string
  /** How the states of stateful layers are converted; required for a layers-model that has some. */
  state?: StateMode
  /** Conversions of custom layers of a layers-model, by class name. */
  layers?: CustomLayers
}

/** A converted model: the file's bytes, and its inputs and outputs in order. */
export interface Converted {
  /** The file in pieces, in which large weights are the memory that they were read into: less memory for large models. */
  readonly parts: readonly Uint8Array[]
  /** The file's size in bytes. */
  readonly size: number
  /** The file in one piece, which is made when it is first asked for. */
  readonly bytes: Uint8Array
  inputs: readonly Value[]
  outputs: readonly Value[]
  /** Number of inputs and outputs at the end that are states of the model's layers. */
  states?: number
  /**
   * By output, whether it comes from a sigmoid or the like: its scale is 1, and runtimes compute it to about 1e-7 of
   * that, however small its values are.
   */
  bounded?: readonly boolean[]
  /** Parts that follow Keras' definition where TF.js's own prediction does not, with the reason. */
  unlikeTfjs?: readonly string[]
}

/** A converted model of the pieces of its file. */
export function convertedFile(
  parts: readonly Uint8Array[],
  rest: Omit<Converted, 'parts' | 'size' | 'bytes'>,
): Converted {
  let bytes: Uint8Array | undefined
  return {
    ...rest,
    parts,
    size: parts.reduce((sum, part) => sum + part.length, 0),
    get bytes() {
      bytes ??= concatBytes(parts)
      return bytes
    },
  }
}

/** Supported operator sets. */
export const OPSETS = { least: 13, default: 17, most: 21 } as const

/** The options with defaults. @throws ConversionError for a value out of range */
export function checkOptions(options: ConvertOptions): {
  opset: number
  precision: Precision
  batch: string
} {
  const { opset = OPSETS.default, precision = 'fp32', batch = 'batch' } = options
  if (!Number.isInteger(opset) || opset < OPSETS.least || opset > OPSETS.most) {
    fail(`opset: expected an integer from ${OPSETS.least} to ${OPSETS.most}, got ${opset}`)
  }
  if (!PRECISIONS.includes(precision)) fail(`precision: expected ${PRECISIONS.join(', ')}, got ${precision}`)
  if (batch === '') fail('batch: expected a name, got an empty one')
  return { opset, precision, batch }
}

/** @throws ConversionError unless there are `count` different names, none of them empty */
export function checkNames(what: string, names: readonly string[] | undefined, count: number): void {
  if (!names) return
  if (names.length !== count)
    fail(`${what}: expected ${count} names, one for each of the model's, got ${names.length}`)
  if (names.includes('')) fail(`${what}: expected names of at least one character, got an empty one`)
  if (new Set(names).size !== count) fail(`${what}: expected different names, got ${names.join(', ')}`)
}

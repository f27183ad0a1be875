import { z } from 'zod'
import type { Builder } from '../../graph/builder.ts'
import type { Dim, Value } from '../../graph/value.ts'
import { camel } from '../topology/json-keys.ts'

/** How a weight is stored if not as in TF.js. */
export interface WeightForm {
  /** The stored axis along which int8 has one scale each: the output channel. */
  axis?: number
  /** Order of the stored axes: stored axis i is TF.js's axis perm[i]. */
  perm?: readonly number[]
  /** Stored sizes after `perm`, if axes are merged. */
  dims?: readonly number[]
}

/**
 * How the state that a stateful layer keeps between predictions is converted: as an input and an output of the graph
 * (`io`), or as zeros at the start of each run (`reset`).
 */
export type StateMode = 'io' | 'reset'

/** The scope of a layer: everything that its conversion may use besides its inputs. */
export interface LayerScope {
  /** The layer's name, the last part of its path. */
  name: string
  className: string
  /** The layer's path in the model, `block/conv1`; nodes that it adds to the graph have names under it. */
  scope: string
  graph: Builder
  /** A weight of the layer by its TF.js name. Throws if it is missing or has another shape. */
  weight(name: string, dims: readonly number[], form?: WeightForm): Value
  /** The shape of a weight; undefined if the model has no weight of that name. */
  shape(name: string): readonly number[] | undefined
  /** The values of a weight, for layers that compute with them. Store the result with `store`. */
  numbers(name: string, dims: readonly number[]): Float32Array
  /** Stores values computed from weights, in float32 unless `axis` names the output channel. */
  store(name: string, dims: readonly number[], values: ArrayLike<number>, axis?: number): Value
  /** Converts a layer that this one wraps, from the `{ className, config }` in its configuration. */
  child(layer: unknown, inputs: readonly Value[]): Value[]
  /** The scope of a layer inside this one, such as one direction of Bidirectional. */
  inner(name: string): LayerScope
  /** How the state of stateful layers is treated; undefined if the caller has not chosen. */
  stateMode?: StateMode
  /** Adds an input of the graph for a state before the run. */
  stateInput(name: string, dims: readonly Dim[]): Value
  /** Makes the state after the run an output of the graph. */
  stateOutput(name: string, value: Value): void
  /** Records that the layer follows Keras' definition, from which TF.js's prediction differs. */
  unlikeTfjs(reason: string): void
  /** Throws a ConversionError whose message has the layer's path and class before `reason`. */
  fail(reason: string): never
}

/**
 * How a layer treats the mask of its input: passes it on, handles it (`handle`), drops it as TF.js does, or rejects
 * masked input.
 */
export type Masks = 'pass' | 'handle' | 'drop' | 'reject'

/** Defines how one class of layers becomes ONNX operators. `config` is the layer's validated configuration. */
export interface LayerDefinition {
  schema: z.ZodType
  convert(config: unknown, inputs: readonly Value[], layer: LayerScope): Value | Value[]
  masks: Masks
  /** Whether it accepts integers and booleans; other layers accept only float32. */
  integers?: boolean
  /** Whether a mask changes what it computes. */
  readsMask?: boolean
  /** Number of inputs; exactly 1 by default. */
  inputs?: { least: number; most: number }
  /** Remark for the documentation: options that are refused, or other limits. */
  note?: string
}

/** Creates a definition from a schema of the configuration and the conversion that reads it. */
export function defineLayer<C>(
  schema: z.ZodType<C>,
  convert: (config: C, inputs: readonly Value[], layer: LayerScope) => Value | Value[],
  more: Partial<Omit<LayerDefinition, 'schema' | 'convert'>> = {},
): LayerDefinition {
  return {
    schema,
    convert: (config, inputs, layer) => convert(config as C, inputs, layer),
    masks: 'drop',
    ...more,
  }
}

/**
 * Schema of one of `options`, in camelCase or Python's snake_case; `otherwise` if it is missing or null.
 *
 * @param others other names of some options
 */
export function option<const T extends string>(
  options: readonly T[],
  otherwise: NoInfer<T>,
  others: Readonly<Record<string, string>> = {},
): z.ZodType<T> {
  const read = (value: unknown) =>
    typeof value === 'string' ? (others[value] ?? camel(value)) : (value ?? otherwise)
  return z.preprocess(read, z.enum(options)) as unknown as z.ZodType<T>
}

/** TF.js has no causal padding either. */
export const paddingField = option(['valid', 'same'], 'valid')

/** Schema of a boolean; `otherwise` if it is missing or null. */
export function flag(otherwise: boolean): z.ZodType<boolean> {
  return z.preprocess(value => value ?? otherwise, z.boolean()) as z.ZodType<boolean>
}

/** Schema of `rank` positive integers, or one for all; `otherwise` if it is missing or null. */
export function sizes(rank: number, otherwise?: number): z.ZodType<number[]> {
  const read = (value: unknown) => {
    const given = value ?? otherwise
    return typeof given === 'number' ? Array(rank).fill(given) : given
  }
  return z.preprocess(read, z.array(z.int().min(1)).length(rank)) as unknown as z.ZodType<number[]>
}

/** Schema of an option that TF.js ignores or does not support: refused unless it has its neutral value. */
export function mustBe<const T extends string | number | boolean>(neutral: T, why: string) {
  return z
    .unknown()
    .refine(value => value == null || value === neutral, {
      error: issue => `expected ${neutral}, got ${JSON.stringify(issue.input)}: ${why}`,
    })
    .optional()
}

/** Schema of `data_format`: the position of the channels among an image's axes. */
export const dataFormat = option(['channelsLast', 'channelsFirst'], 'channelsLast')

/** `data_format` of layers over sequences, where TF.js always takes channels last. */
export const channelsLastOnly = dataFormat.refine(
  format => format === 'channelsLast',
  'expected channels_last: TF.js ignores data_format here',
)

/** The size of an axis. Throws if it is not known at conversion. */
export function requireSize(layer: LayerScope, x: Value, axis: number, what: string): number {
  const size = x.dims.at(axis)
  return typeof size === 'number' ? size : layer.fail(`the size of its input's ${what} is not known`)
}

/** Throws if an input has another rank. */
export function requireRank(layer: LayerScope, x: Value, rank: number): void {
  if (x.dims.length !== rank) {
    layer.fail(`expected an input of rank ${rank}, got shape [${x.dims.join(', ')}]`)
  }
}

import { z } from 'zod'
import type { Builder } from '../../graph/builder.ts'
import type { Dim, Value } from '../../graph/value.ts'
import { camel } from '../topology/topology.ts'

/** How a weight is stored, where not as TF.js stores it. */
export interface WeightForm {
  /** The axis, as stored, along which int8 gets a scale each: the output channel. */
  axis?: number
  /** Axes in another order: axis i as stored is TF.js's axis perm[i]. */
  perm?: readonly number[]
  /** Sizes after that, where axes are merged. */
  dims?: readonly number[]
}

/**
 * What becomes of the state that a stateful layer keeps between predictions: an input and an output of the graph
 * (`io`), or zeros at each run (`reset`).
 */
export type StateMode = 'io' | 'reset'

/** What a layer's conversion may use besides its inputs. */
export interface LayerScope {
  /** The layer's name, the last part of its path. */
  name: string
  className: string
  /** The layer's path in the model, `block/conv1`: what is added to the graph is named under it. */
  scope: string
  graph: Builder
  /** One of the layer's weights by its TF.js name and shape; refused when it is missing or has another shape. */
  weight(name: string, dims: readonly number[], form?: WeightForm): Value
  /** The shape of a weight as the model has it; undefined when it has none of that name. */
  shape(name: string): readonly number[] | undefined
  /** The numbers of a weight, for layers that compute with them; store the result under `store`. */
  numbers(name: string, dims: readonly number[]): Float32Array
  /** Numbers computed from weights; stored in float32 unless `axis` names the output channel. */
  store(name: string, dims: readonly number[], values: ArrayLike<number>, axis?: number): Value
  /** Converts a layer that this one wraps, from the `{ className, config }` in its configuration. */
  child(layer: unknown, inputs: readonly Value[]): Value[]
  /** The scope of a layer inside this one, such as one direction of Bidirectional. */
  inner(name: string): LayerScope
  /** What becomes of the state of stateful layers; undefined where the caller has not chosen. */
  stateMode?: StateMode
  /** Adds an input of the graph for a state before the run. */
  stateInput(name: string, dims: readonly Dim[]): Value
  /** Makes the state after the run an output of the graph. */
  stateOutput(name: string, value: Value): void
  /** Notes that the layer follows Keras' definition where TF.js's own prediction does not. */
  unlikeTfjs(reason: string): void
  /** Ends the conversion; the message has the layer's path and class before `reason`. */
  fail(reason: string): never
}

/**
 * What a layer does with the mask of its input: passes it on, handles it (`handle`), drops it as TF.js does, or
 * rejects masked input.
 */
export type Masks = 'pass' | 'handle' | 'drop' | 'reject'

/** How one class of layers becomes ONNX operators. `config` is the layer's own, checked. */
export interface LayerDefinition {
  schema: z.ZodType
  convert(config: unknown, inputs: readonly Value[], layer: LayerScope): Value | Value[]
  masks: Masks
  /** Whether it takes integers and flags too; others take float32 alone. */
  integers?: boolean
  /** Whether a mask changes what it computes. */
  readsMask?: boolean
  /** Inputs it takes; default exactly 1. */
  inputs?: { least: number; most: number }
  /** What is refused or special, for the documentation. */
  note?: string
}

/** Ties a layer's configuration schema to the conversion that reads it. */
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

/** One of `options`, written in camelCase or in Python's snake_case; `otherwise` where it is left out or null. */
export function option<const T extends string>(options: readonly T[], otherwise: NoInfer<T>): z.ZodType<T> {
  const read = (value: unknown) => (typeof value === 'string' ? camel(value) : (value ?? otherwise))
  return z.preprocess(read, z.enum(options)) as unknown as z.ZodType<T>
}

/** TF.js has no causal padding either. */
export const paddingField = option(['valid', 'same'], 'valid')

/** A flag; `otherwise` where it is left out or null. */
export function flag(otherwise: boolean): z.ZodType<boolean> {
  return z.preprocess(value => value ?? otherwise, z.boolean()) as z.ZodType<boolean>
}

/** `rank` positive integers, or one for all; `otherwise` where it is left out or null. */
export function sizes(rank: number, otherwise?: number): z.ZodType<number[]> {
  const read = (value: unknown) => {
    const given = value ?? otherwise
    return typeof given === 'number' ? Array(rank).fill(given) : given
  }
  return z.preprocess(read, z.array(z.int().min(1)).length(rank)) as unknown as z.ZodType<number[]>
}

/** An option that TF.js ignores or cannot do: refused unless it has its neutral value. */
export function mustBe<const T extends string | number | boolean>(neutral: T, why: string) {
  return z
    .unknown()
    .refine(value => value == null || value === neutral, {
      error: issue => `expected ${neutral}, got ${JSON.stringify(issue.input)}: ${why}`,
    })
    .optional()
}

export const dataFormat = option(['channelsLast', 'channelsFirst'], 'channelsLast')

/** `data_format` of layers over sequences, where TF.js always takes channels last. */
export const channelsLastOnly = dataFormat.refine(
  format => format === 'channelsLast',
  'expected channels_last: TF.js ignores data_format here',
)

/** The size of an axis that has to be known at conversion. */
export function requireSize(layer: LayerScope, x: Value, axis: number, what: string): number {
  const size = x.dims.at(axis)
  return typeof size === 'number' ? size : layer.fail(`the size of its input's ${what} is not known`)
}

/** Refuses an input of another rank. */
export function requireRank(layer: LayerScope, x: Value, rank: number): void {
  if (x.dims.length !== rank) {
    layer.fail(`expected an input of rank ${rank}, got shape [${x.dims.join(', ')}]`)
  }
}

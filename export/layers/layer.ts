import { z } from 'zod'
import type { Builder, Value } from '../graph.ts'
import { camel } from '../topology.ts'

/** What a layer's conversion may use besides its inputs. */
export interface LayerScope {
  /** The layer's name, the last part of its path. */
  name: string
  className: string
  graph: Builder
  /** One of the layer's weights by its TF.js name; refused when it is missing or has another shape. */
  weight(name: string, dims: readonly number[], axis?: number): Value
  /** The numbers of a weight, for layers that rearrange them; null where the model has none of that name. */
  numbers(name: string, dims: readonly number[]): Float32Array
  /** Where stored weights of the layer get their names: `block/conv1`. */
  scope: string
  /** Ends the conversion with the layer's name, class and path before `reason`. */
  refuse(reason: string): never
}

/** How one class of layers becomes ONNX operators. `config` is the layer's own, checked. */
export interface LayerDefinition {
  convert(config: unknown, inputs: readonly Value[], layer: LayerScope): Value | Value[]
  schema: z.ZodType
  /** What is refused or special, for the documentation. */
  note?: string
}

/** Ties a layer's configuration schema to the conversion that reads it. */
export function define<C>(
  schema: z.ZodType<C>,
  convert: (config: C, inputs: readonly Value[], layer: LayerScope) => Value | Value[],
  note?: string,
): LayerDefinition {
  return { schema, convert: (config, inputs, layer) => convert(config as C, inputs, layer), note }
}

/** One of `options`, written in camelCase or in Python's snake_case. */
export function option<const T extends string>(options: readonly T[]) {
  return z.preprocess(value => (typeof value === 'string' ? camel(value) : value), z.enum(options))
}

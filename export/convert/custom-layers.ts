import { z } from 'zod'
import type { Value } from './graph/builder.ts'
import { define, type LayerDefinition, type LayerScope } from './layers-model/layers/layer.ts'
import { LAYERS } from './layers-model/layers/table.ts'

/**
 * Turns one use of a custom layer into operators.
 *
 * @param config the layer's configuration, keys in camelCase
 * @param inputs its inputs, as TF.js orders their axes
 * @returns its outputs
 */
export type ConvertLayer = (
  config: Record<string, unknown>,
  inputs: readonly Value[],
  layer: LayerScope,
) => Value | Value[]

const registered = new Map<string, LayerDefinition>()

/**
 * Adds, or replaces, the conversion of a class of layers.
 *
 * @param className as in `static className` of the TF.js class
 */
export function registerLayer(className: string, convert: ConvertLayer): void {
  const schema = z.record(z.string(), z.unknown())
  const inputs = { least: 1, most: Number.POSITIVE_INFINITY }
  registered.set(className, define(schema, convert, { masks: 'refuse', integers: true, inputs }))
}

/** How a class of layers converts: as registered, else as in the table. */
export function findLayer(className: string): LayerDefinition | undefined {
  return registered.get(className) ?? (Object.hasOwn(LAYERS, className) ? LAYERS[className] : undefined)
}

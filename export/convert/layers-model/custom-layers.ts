import { z } from 'zod'
import type { Value } from '../graph/value.ts'
import { defineLayer, type LayerDefinition, type LayerScope } from './layers/layer.ts'
import { LAYERS } from './layers/table.ts'

/**
 * Converts one use of a custom layer into operators.
 *
 * @param config the layer's configuration, keys in camelCase
 * @param inputs its inputs, with their axes in TF.js's order
 * @returns its outputs
 */
export type ConvertLayer = (
  config: Record<string, unknown>,
  inputs: readonly Value[],
  layer: LayerScope,
) => Value | Value[]

/** Conversions of custom layers by class name, as in `static className` of the TF.js class. */
export type CustomLayers = Readonly<Record<string, ConvertLayer>>

/** Finds the definition of a class of layers: a custom one replaces that of the table. */
export function layerFinder(custom: CustomLayers): (className: string) => LayerDefinition | undefined {
  const schema = z.record(z.string(), z.unknown())
  const inputs = { least: 1, most: Number.POSITIVE_INFINITY }
  return className => {
    if (Object.hasOwn(custom, className)) {
      return defineLayer(schema, custom[className], { masks: 'reject', integers: true, inputs })
    }
    return Object.hasOwn(LAYERS, className) ? LAYERS[className] : undefined
  }
}

import type { Weight } from './weights.ts'

/**
 * A layer's weight by any of the names it is stored under. TF.js writes `layer/kernel`; a layer inside models or
 * wrappers may carry their names before its own, and Keras puts the cell of a recurrent layer between
 * (`lstm/lstm_cell/kernel`), which TF.js too leaves out.
 *
 * @param scopes names of what is around the layer, outermost first
 */
export function findWeight(
  weights: ReadonlyMap<string, Weight>,
  scopes: readonly string[],
  layer: string,
  name: string,
): Weight | undefined {
  for (let start = scopes.length; start >= 0; start--) {
    const exact = weights.get([...scopes.slice(start), layer, name].join('/'))
    if (exact) return exact
  }
  for (const [stored, weight] of weights) {
    const parts = stored.split('/')
    if (parts.length > 2 && parts.at(-1) === name && parts.at(-3) === layer) return weight
  }
  return undefined
}

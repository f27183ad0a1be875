import type { Place } from './layer-scope.ts'
import type { Weight } from './weights.ts'

/**
 * A layer's weight by any of the names it is stored under. TF.js writes `layer/kernel`; a layer inside models may
 * carry their names before its own; one inside TimeDistributed has the wrapper's name instead of its own; and Keras
 * puts the cell of a recurrent layer between (`lstm/lstm_cell/kernel`), which TF.js too leaves out.
 */
export function findWeight(
  weights: ReadonlyMap<string, Weight>,
  { spec, scopes, wrapped }: Place,
  name: string,
): Weight | undefined {
  for (let start = scopes.length; start >= 0; start--) {
    const around = scopes.slice(start)
    const own = weights.get([...around, spec.name, name].join('/'))
    if (own) return own
    const wrapper = wrapped && around.length > 0 ? weights.get([...around, name].join('/')) : undefined
    if (wrapper) return wrapper
  }
  for (const [stored, weight] of weights) {
    const parts = stored.split('/')
    if (parts.length > 2 && parts.at(-1) === name && parts.at(-3) === spec.name) return weight
  }
  return undefined
}

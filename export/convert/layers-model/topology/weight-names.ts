import type { Weight } from '../../files/weights.ts'
import { fail } from '../../graph/conversion-error.ts'
import type { LayerSpec } from './topology.ts'

/** A layer's position: names of the models and wrappers around it, outermost first. */
export interface Place {
  spec: Pick<LayerSpec, 'name' | 'className'>
  scopes: readonly string[]
  /** Whether the last of `scopes` is a wrapper, such as TimeDistributed, and not a model. */
  wrapped: boolean
}

/** Finds the weights of layers in a manifest. */
export interface WeightFinder {
  /**
   * A layer's weight by its name in the layer, such as `kernel`; undefined if the manifest has none.
   *
   * @throws ConversionError when several weights fit equally well, or the only one belongs to another layer
   */
  find(place: Place, name: string): Weight | undefined
  /** Names in the manifest, for messages. */
  names(): string[]
}

/**
 * Looks weights up by the longest form of their name first: the layer's full path with and without the outermost model,
 * then with fewer and fewer of the models around it. TF.js writes `layer/kernel`. Keras may put the models' names
 * before it, and the cell of a recurrent layer inside (`lstm/lstm_cell/kernel`); a layer inside TimeDistributed has the
 * wrapper's name instead of its own. Each weight belongs to one layer.
 *
 * @param root name of the outermost model
 */
export function weightFinder(weights: ReadonlyMap<string, Weight>, root: string): WeightFinder {
  const owners = new Map<string, string>()
  return {
    names: () => [...weights.keys()],
    find(place, name) {
      const path = [...place.scopes, place.spec.name].join('/')
      const found = exactName(weights, root, place, name) ?? similarName(weights, place, name)
      if (found === undefined) return undefined
      const owner = owners.get(found) ?? path
      if (owner !== path) {
        fail(
          `${path} (${place.spec.className}): its weight "${name}" could only be "${found}", which is that of ${owner}`,
        )
      }
      owners.set(found, path)
      return weights.get(found)
    },
  }
}

function exactName(
  weights: ReadonlyMap<string, Weight>,
  root: string,
  { spec, scopes, wrapped }: Place,
  name: string,
): string | undefined {
  const all = [root, ...scopes]
  const candidates = Array.from({ length: all.length + 1 }, (_, start) => {
    const around = all.slice(start)
    const own = [...around, spec.name, name].join('/')
    return wrapped && around.length > 0 ? [own, [...around, name].join('/')] : [own]
  })
  return candidates.flat().find(candidate => weights.has(candidate))
}

/** Finds the only weight whose path ends in the layer's and the weight's name, with or without a cell between them. */
function similarName(
  weights: ReadonlyMap<string, Weight>,
  { spec, scopes }: Place,
  name: string,
): string | undefined {
  const similar = [...weights.keys()].filter(stored => {
    const parts = stored.split('/')
    if (parts.pop() !== name) return false
    if (parts.at(-1) !== spec.name && /cell/.test(parts.at(-1) ?? '')) parts.pop()
    return parts.at(-1) === spec.name
  })
  if (similar.length < 2) return similar[0]
  const inScope = similar.filter(stored => scopes.every(scope => stored.split('/').includes(scope)))
  if (scopes.length > 0 && inScope.length === 1) return inScope[0]
  return fail(
    `${[...scopes, spec.name].join('/')} (${spec.className}): its weight "${name}" could be any of ${similar.join(', ')}`,
  )
}

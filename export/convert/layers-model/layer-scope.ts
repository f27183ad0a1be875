import { permute } from '../graph/arrays.ts'
import type { Builder } from '../graph/builder.ts'
import { fail, shapeText } from '../graph/conversion-error.ts'
import type { Value } from '../graph/value.ts'
import type { LayerScope, StateMode } from './layers/layer.ts'
import type { Place, WeightFinder } from './topology/weight-names.ts'

/** The parts that the scopes of all layers share. */
export interface Shared {
  graph: Builder
  weights: WeightFinder
  unlikeTfjs: string[]
  stateMode?: StateMode
  /** States after the run, with the names of their graph outputs. */
  states: { name: string; value: Value }[]
}

/** Creates the scope in which a layer is converted: access to its weights, to the graph, and to the layers it wraps. */
export function layerScope(shared: Shared, place: Place, child: LayerScope['child']): LayerScope {
  const { graph, weights } = shared
  const { spec, scopes } = place
  const scope = [...scopes, spec.name].join('/')
  const numbers = (name: string, dims: readonly number[]) => readWeight(weights, place, name, dims)
  const insideOf = (name: string): Place => ({
    spec: { ...spec, name },
    scopes: [...scopes, spec.name],
    wrapped: false,
  })
  return {
    name: spec.name,
    className: spec.className,
    scope,
    graph,
    child,
    numbers,
    shape: name => weights.find(place, name)?.dims,
    weight(name, dims, form = {}) {
      const values = form.perm ? permute(numbers(name, dims), dims, form.perm) : numbers(name, dims)
      const stored = form.dims ?? form.perm?.map(axis => dims[axis]) ?? dims
      return graph.weight(`${scope}/${name}`, stored, values, form.axis)
    },
    store(name, dims, values, axis) {
      const path = `${scope}/${name}`
      return axis === undefined ? graph.exact(path, dims, values) : graph.weight(path, dims, values, axis)
    },
    inner: name => layerScope(shared, insideOf(name), child),
    stateMode: shared.stateMode,
    stateInput: (name, dims) => graph.input(`${scope}/${name}`, 'float', dims),
    stateOutput: (name, value) => shared.states.push({ name: `${scope}/${name}_next`, value }),
    unlikeTfjs: reason => shared.unlikeTfjs.push(`${scope} (${spec.className}): ${reason}`),
    fail: reason => fail(`${scope} (${spec.className}): ${reason}`),
  }
}

function readWeight(
  weights: WeightFinder,
  place: Place,
  name: string,
  dims: readonly number[],
): Float32Array {
  const { spec, scopes } = place
  const where = `${[...scopes, spec.name].join('/')} (${spec.className})`
  const weight = weights.find(place, name)
  if (!weight)
    return fail(
      `${where}: weight "${spec.name}/${name}" is missing from the weights manifest, which ${listed(weights)}`,
    )
  if (weight.dims.join() !== dims.join()) {
    fail(`${where}: weight "${name}": expected shape ${shapeText(dims)}, got ${shapeText(weight.dims)}`)
  }
  if (weight.dtype !== 'float32' && weight.dtype !== 'int32' && weight.dtype !== 'bool') {
    return fail(`${where}: weight "${name}": expected numbers, got ${weight.dtype}`)
  }
  return weight.values instanceof Float32Array ? weight.values : new Float32Array(weight.values)
}

/** Formats the names of a manifest for a sentence. */
function listed(weights: WeightFinder): string {
  const names = weights.names()
  if (names.length === 0) return 'is empty'
  const more = names.length > 6 ? ` and ${names.length - 6} more` : ''
  return `has ${names.slice(0, 6).join(', ')}${more}`
}

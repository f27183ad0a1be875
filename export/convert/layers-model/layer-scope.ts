import { permute } from '../graph/arrays.ts'
import type { Builder } from '../graph/builder.ts'
import { refuse, shapeText } from '../graph/conversion-error.ts'
import type { LayerScope } from './layers/layer.ts'
import type { LayerSpec } from './topology.ts'
import { findWeight } from './weight-names.ts'
import type { Weight } from './weights.ts'

/** Where a layer stands: names of what is around it, outermost first, and whether the last of them is a wrapper. */
export interface Place {
  spec: Pick<LayerSpec, 'name' | 'className'>
  scopes: readonly string[]
  wrapped: boolean
}

/** What a layer's conversion is given: access to its weights, the graph, and what it wraps. */
export function layerScope(
  graph: Builder,
  weights: ReadonlyMap<string, Weight>,
  place: Place,
  child: LayerScope['child'],
): LayerScope {
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
    shape: name => findWeight(weights, place, name)?.dims,
    weight(name, dims, form = {}) {
      const values = form.perm ? permute(numbers(name, dims), dims, form.perm) : numbers(name, dims)
      const stored = form.dims ?? form.perm?.map(axis => dims[axis]) ?? dims
      return graph.weight(`${scope}/${name}`, stored, values, form.axis)
    },
    store(name, dims, values, axis) {
      const path = `${scope}/${name}`
      return axis === undefined ? graph.exact(path, dims, values) : graph.weight(path, dims, values, axis)
    },
    inner: name => layerScope(graph, weights, insideOf(name), child),
    refuse: reason => refuse(`${scope} (${spec.className}): ${reason}`),
  }
}

function readWeight(
  weights: ReadonlyMap<string, Weight>,
  place: Place,
  name: string,
  dims: readonly number[],
): Float32Array {
  const { spec, scopes } = place
  const where = `${[...scopes, spec.name].join('/')} (${spec.className})`
  const weight = findWeight(weights, place, name)
  if (!weight) return refuse(`${where}: weight "${spec.name}/${name}" is missing from the weights manifest`)
  if (weight.dims.join() !== dims.join()) {
    refuse(`${where}: weight "${name}": expected shape ${shapeText(dims)}, got ${shapeText(weight.dims)}`)
  }
  return weight.values instanceof Float32Array ? weight.values : new Float32Array(weight.values)
}

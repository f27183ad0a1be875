import { permute } from './arrays.ts'
import type { Builder, Value } from './graph.ts'
import type { LayerScope } from './layers/layer.ts'
import { refuse, shapeText } from './refusal.ts'
import type { LayerSpec } from './topology.ts'
import { findWeight } from './weightnames.ts'
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
  const where = `${scope} (${spec.className})`
  const layer: LayerScope = {
    name: spec.name,
    className: spec.className,
    scope,
    graph,
    child,
    refuse: reason => refuse(`${where}: ${reason}`),
    shape: name => findWeight(weights, place, name)?.dims,
    numbers(name, dims) {
      const weight = findWeight(weights, place, name)
      if (!weight)
        return refuse(`${where}: weight "${spec.name}/${name}" is missing from the weights manifest`)
      if (weight.dims.join() !== dims.join()) {
        refuse(`${where}: weight "${name}": expected shape ${shapeText(dims)}, got ${shapeText(weight.dims)}`)
      }
      return Float32Array.from(weight.values)
    },
    weight(name, dims, form = {}) {
      const numbers = layer.numbers(name, dims)
      const values = form.perm ? permute(numbers, dims, form.perm) : numbers
      const stored = form.dims ?? form.perm?.map(axis => dims[axis]) ?? dims
      return graph.weight(`${scope}/${name}`, stored, values, form.axis)
    },
    store(name, dims, values, axis): Value {
      const path = `${scope}/${name}`
      return axis === undefined ? graph.exact(path, dims, values) : graph.weight(path, dims, values, axis)
    },
    inner: name =>
      layerScope(
        graph,
        weights,
        { spec: { name, className: spec.className }, scopes: [...scopes, spec.name], wrapped: false },
        child,
      ),
  }
  return layer
}

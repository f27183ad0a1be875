import { runner } from '../../models/onnx/plain-runtime.ts'
import type { Network } from '../catalog/catalog.ts'
import type { Engine } from './engine.ts'

/** The reference engine: loops over typed arrays on the page's own thread. It answers at once and runs anywhere. */
export function openPlain(): Engine {
  // One runner for single points and one for batches: neither then throws away the other's buffers.
  const runners = new WeakMap<Network, Record<'one' | 'many', ReturnType<typeof runner>>>()
  return {
    name: 'plain',
    run(network, input, batch) {
      let pair = runners.get(network)
      if (!pair) runners.set(network, (pair = { one: runner(network.mlp), many: runner(network.mlp) }))
      const outputs = pair[batch === 1 ? 'one' : 'many'](input, batch)
      return Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, values.slice()]))
    },
    close() {},
  }
}

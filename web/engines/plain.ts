import { createRunner } from '../../models/onnx/plain-runtime.ts'
import type { Network } from '../catalog/catalog.ts'
import type { Engine } from './engine.ts'

/** The reference engine: loops over typed arrays on the page's thread. It returns at once and runs in every browser. */
export function openPlain(): Engine {
  // A runner allocates its buffers anew when the batch size changes, so single points and batches have one each.
  const runners = new WeakMap<Network, Record<'one' | 'many', ReturnType<typeof createRunner>>>()
  return {
    name: 'plain',
    run(network, input, batch) {
      let pair = runners.get(network)
      if (!pair)
        runners.set(network, (pair = { one: createRunner(network.mlp), many: createRunner(network.mlp) }))
      const outputs = pair[batch === 1 ? 'one' : 'many'](input, batch)
      return Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, values.slice()]))
    },
    close() {},
  }
}

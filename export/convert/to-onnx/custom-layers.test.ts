import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import type { Numbers } from '../check/numbers.ts'
import { convertFile } from '../convert-file.ts'
import type { ConvertLayer } from '../layers-model/custom-layers.ts'
import { RUNTIMES } from '../node/runtimes.ts'
import { saved } from '../testing/models.ts'
import { vaeDecoder, vaeEncoder } from '../testing/networks.ts'
import { convertModel } from './convert-model.ts'

let eps: tf.Tensor

/** z = mu + exp(logvar / 2)·eps, as a layer of a whole VAE. */
class Sampling extends tf.layers.Layer {
  static className = 'Sampling'
  computeOutputShape(shapes: tf.Shape[]): tf.Shape {
    return shapes[0]
  }
  call([mu, logvar]: tf.Tensor[]): tf.Tensor {
    return tf.add(mu, tf.mul(tf.exp(tf.div(logvar, 2)), eps))
  }
}
tf.serialization.registerClass(Sampling)

test('a VAE’s sampling layer converts with epsilon as an input of the graph', async () => {
  await tf.setBackend('cpu')
  const sampling: ConvertLayer = (_, [mu, logvar], { graph }) => {
    const noise = graph.input('eps', 'float', mu.dims)
    const deviation = graph.op('Exp', [graph.op('Mul', [logvar, graph.floats([], [0.5])])])
    return graph.op('Add', [mu, graph.op('Mul', [deviation, noise])])
  }
  const encoder = vaeEncoder(12, 7, 2)
  const z = new Sampling({ name: 'z' }).apply(encoder.outputs) as tf.SymbolicTensor
  const xhat = vaeDecoder(12, 7, 2).apply(z) as tf.SymbolicTensor
  const vae = tf.model({ inputs: encoder.inputs, outputs: [xhat, ...encoder.outputs], name: 'vae' })
  const converted = await convertModel(await saved(vae), {
    outputs: ['xhat', 'mu', 'logvar'],
    layers: { Sampling: sampling },
  })
  expect(converted.inputs.map(({ name, dims }) => [name, ...dims])).toEqual([
    ['x', 'batch', 12],
    ['eps', 'batch', 2],
  ])

  const x: Numbers = { dims: [3, 12], data: Float32Array.from({ length: 36 }, (_, i) => Math.sin(i)) }
  for (const scale of [0, 1]) {
    const noise: Numbers = {
      dims: [3, 2],
      data: Float32Array.from({ length: 6 }, (_, i) => scale * Math.cos(i)),
    }
    eps = tf.tensor(noise.data, [3, 2])
    const expected = (vae.predict(tf.tensor(x.data, [3, 12])) as tf.Tensor[])[0].dataSync()
    const loaded = await RUNTIMES['onnxruntime-node'](converted)
    const [actual] = await loaded.run([x, noise])
    await loaded.close()
    expect(Math.max(...expected.map((value, i) => Math.abs(value - actual.data[i])))).toBeLessThan(1e-6)
  }
  await expect(
    convertFile(await saved(vae), 'never.onnx', { check: true, layers: { Sampling: sampling } }),
  ).rejects.toThrow('cannot be checked against TF.js, whose model does not have the input eps')
})

import { decoderLayers } from '../../../models/architecture.ts'
import type { Architecture } from '../../../models/card.ts'
import { drawPrior } from '../../../models/latent/draws.ts'
import { oneHot } from '../../../models/one-hot.ts'
import { createRunner } from '../../../models/onnx/plain-runtime.ts'
import { joinRows } from '../../../models/rows.ts'
import type { Configuration } from '../../../train/step/configuration.ts'
import type { ForwardBatch, ForwardPass } from '../../../train/step/forward.ts'
import { classRows, firstImages, type Images } from '../../../train/step/images.ts'
import type { Parameters } from '../../../train/step/parameters.ts'
import { SHOWN_IMAGES } from '../data/training-data.ts'
import type { Snapshot } from '../messages.ts'

/** How many test images are shown on the plane, how many are reconstructed, and how many samples are decoded. */
const COUNTS = { points: 1000, reconstructions: SHOWN_IMAGES, samples: 16 }

/**
 * Creates a function that shows what a model with given parameters makes of fixed inputs: the first test images, and
 * latents drawn from the prior with the run's seed.
 */
export function createSnapshotter(configuration: Configuration, test: Images) {
  const { architecture, prior, seed } = configuration
  const points = atMean(architecture, firstImages(test, COUNTS.points))
  const few = atMean(architecture, firstImages(test, COUNTS.reconstructions))
  const z = drawPrior(prior, COUNTS.samples, seed)
  // The samples of a conditional model go through the classes in order.
  const labels = Array.from({ length: COUNTS.samples }, (_, i) => i % (architecture.classes ?? 1))
  const y = architecture.classes ? oneHot(labels, architecture.classes) : null
  const latents = y ? joinRows([z, y], COUNTS.samples) : z
  const decode = openDecoder(architecture)
  return async (parameters: Parameters, model: ForwardPass): Promise<Snapshot> => ({
    mu: (await model(points)).mu,
    reconstructions: (await model(few)).xhat,
    samples: decode(parameters, latents, COUNTS.samples),
  })
}

/** A batch that encodes images and decodes them at z = mu. */
function atMean({ latentDim, classes }: Architecture, images: Images): ForwardBatch {
  const all = Uint32Array.from({ length: images.count }, (_, i) => i)
  return {
    pixels: images.pixels,
    y: classes ? classRows(images, all, classes) : null,
    eps: new Float32Array(images.count * latentDim),
  }
}

const EMPTY: Float32Array = new Float32Array()

/** A decoder in the plain runtime, whose weights are replaced before each run. */
function openDecoder(architecture: Architecture) {
  const layers = decoderLayers(architecture).map((layer, i) => ({
    ...layer,
    weights: EMPTY,
    bias: EMPTY,
    from: i,
  }))
  const input = { name: 'z', features: layers[0].inputs }
  const run = createRunner({
    input,
    inputs: [input],
    layers,
    outputs: [{ name: 'xhat', value: layers.length }],
  })
  return (parameters: Parameters, latents: Float32Array, n: number): Float32Array => {
    for (const layer of layers) {
      layer.weights = parameters[`${layer.name}/kernel`]
      layer.bias = parameters[`${layer.name}/bias`]
    }
    return run(latents, n).xhat.slice()
  }
}

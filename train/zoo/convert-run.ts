import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Difference } from '../../export/convert/check/parity.ts'
import type { Precision } from '../../export/convert/graph/precision.ts'
import { decoderLayers } from '../../models/architecture.ts'
import type { Architecture } from '../../models/card.ts'
import { saveLayersModels } from '../fit/save-layers-models.ts'
import { readSavedWeights } from '../fit/saved-weights.ts'
import type { Images } from '../step/images.ts'
import { checkParity, convertPair, type Pair } from './convert-pair.ts'

/** A run's two models as ONNX, compared with TF.js in every runtime. */
export interface ConvertedRun {
  pair: Pair
  differences: Difference[]
}

/**
 * Converts a run's models and compares them with TF.js.
 *
 * @param logitGain what the decoder's logits are multiplied by, above 0
 * @throws ParityError when a runtime's outputs are too far off
 * @throws RangeError when there is a gain and the decoder has no logits
 */
export async function convertRun(
  directory: string,
  architecture: Architecture,
  precision: Precision,
  images: Images,
  logitGain = 1,
): Promise<ConvertedRun> {
  const convert = async (models: string): Promise<ConvertedRun> => {
    const pair = await convertPair(models, architecture, precision)
    return { pair, differences: await checkParity(models, architecture, pair, precision, images) }
  }
  if (logitGain === 1) return convert(directory)
  const scaled = await mkdtemp(join(tmpdir(), 'latent-edge-scaled-'))
  try {
    await saveScaled(directory, architecture, logitGain, scaled)
    return await convert(scaled)
  } finally {
    await rm(scaled, { recursive: true })
  }
}

/** Writes a run's models to another folder, with the weights and biases of the decoder's last layer multiplied by `gain`. */
async function saveScaled(
  directory: string,
  architecture: Architecture,
  gain: number,
  out: string,
): Promise<void> {
  if (architecture.output !== 'sigmoid') {
    throw new RangeError(
      `--logit-gain: expected a model with logits (bce), got one with ${architecture.output}`,
    )
  }
  const parameters = await readSavedWeights(directory, architecture)
  const { name } = decoderLayers(architecture).at(-1)!
  const scaled = [`${name}/kernel`, `${name}/bias`].map(tensor => [
    tensor,
    parameters[tensor].map(value => value * gain),
  ])
  await saveLayersModels(out, architecture, { ...parameters, ...Object.fromEntries(scaled) })
}

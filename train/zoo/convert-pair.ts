import { join } from 'node:path'
import type { Numbers } from '../../export/convert/check/numbers.ts'
import { type Difference, requireParity } from '../../export/convert/check/parity.ts'
import type { Precision } from '../../export/convert/graph/precision.ts'
import { locate } from '../../export/convert/node/disk-location.ts'
import { measureParity } from '../../export/convert/node/measure-parity.ts'
import { convertModel } from '../../export/convert/to-onnx/convert-model.ts'
import type { Converted } from '../../export/convert/to-onnx/convert-options.ts'
import type { Architecture } from '../../models/card.ts'
import { toIntensities } from '../../models/images/grey.ts'
import { oneHot } from '../../models/one-hot.ts'
import type { Images } from '../step/images.ts'

/**
 * Largest differences from TF.js's outputs, relative to the largest output: rounding only for fp32, and the precision
 * of the weights for the others.
 */
const TOLERANCE: Record<Precision, number> = { fp32: 1e-5, fp16: 1e-2, int8: 2e-1 }

/** Largest number of images on which the converted model is compared with TF.js. */
const PARITY_IMAGES = 64

/** A run's two models as ONNX. */
export interface Pair {
  encoder: Converted
  decoder: Converted
}

/** Converts the two LayersModels of a run. */
export async function convertPair(
  directory: string,
  { kind, classes }: Architecture,
  precision: Precision,
): Promise<Pair> {
  const y = classes ? ['y'] : []
  const outputs = kind === 'vae' ? ['mu', 'logvar'] : ['z']
  return {
    encoder: await convertModel(locate(path(directory, 'encoder')), {
      precision,
      inputs: ['x', ...y],
      outputs,
    }),
    decoder: await convertModel(locate(path(directory, 'decoder')), {
      precision,
      inputs: ['z', ...y],
      outputs: ['xhat'],
    }),
  }
}

function path(directory: string, part: 'encoder' | 'decoder'): string {
  return join(directory, part, 'model.json')
}

/** The number of images, of those given, on which `checkParity` compares. */
export function countParityImages({ count }: Images): number {
  return Math.min(PARITY_IMAGES, count)
}

/**
 * Compares converted models with TF.js in every runtime. The fp32 conversion is checked as well, to the rounding of its
 * sums, so that an error of the converter does not hide behind the precision of the weights.
 *
 * @returns the largest difference by runtime over encoder and decoder, for the shipped precision
 * @throws ParityError when a runtime's outputs are too far off
 */
export async function checkParity(
  directory: string,
  architecture: Architecture,
  shipped: Pair,
  precision: Precision,
  images: Images,
): Promise<Difference[]> {
  const { inputDim, latentDim, classes } = architecture
  const n = countParityImages(images)
  const x: Numbers = {
    dims: [n, inputDim],
    data: toIntensities(images.pixels.subarray(0, n * inputDim)),
  }
  // Latents spread around the origin, beyond those of images too: users move the latent anywhere.
  const z: Numbers = {
    dims: [n, latentDim],
    data: Float32Array.from({ length: n * latentDim }, (_, i) => 3 * Math.sin(i)),
  }
  const y: Numbers[] = classes
    ? [
        {
          dims: [n, classes],
          data: oneHot(
            Array.from({ length: n }, (_, i) => i % classes),
            classes,
          ),
        },
      ]
    : []
  const measured = async (pair: Pair, tolerance: number) => {
    const both = [
      await measureParity(locate(path(directory, 'encoder')), pair.encoder, [x, ...y]),
      await measureParity(locate(path(directory, 'decoder')), pair.decoder, [z, ...y]),
    ]
    for (const differences of both) requireParity(differences, tolerance)
    return both[0].map((d, i) => ({
      ...d,
      maxAbs: Math.max(d.maxAbs, both[1][i].maxAbs),
      maxRel: Math.max(d.maxRel, both[1][i].maxRel),
    }))
  }
  if (precision !== 'fp32') {
    await measured(await convertPair(directory, architecture, 'fp32'), TOLERANCE.fp32)
  }
  return measured(shipped, TOLERANCE[precision])
}

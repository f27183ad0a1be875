import { parameterCount } from '../../models/architecture.ts'
import type { Dataset } from '../data/dataset.ts'
import { availableMemory, requireMemory } from '../data/memory.ts'
import type { Configuration } from '../step/configuration.ts'

/**
 * Arrays of the size of all weights that training holds: weights, gradients, Adam's two moments, and two copies to
 * save.
 */
const WEIGHT_COPIES = 6

/** Bytes of weights and activations that training holds. @param inputDim pixels of an image (default: the model's) */
export function networkBytes(
  { architecture, optimization }: Configuration,
  inputDim = architecture.inputDim,
): number {
  const activations = 4 * optimization.batch * inputDim * (architecture.layers + 2)
  return 4 * WEIGHT_COPIES * parameterCount({ ...architecture, inputDim }) + activations
}

/**
 * @throws Error when there are too few images for the folds, a conditional model would get images without classes, or the
 * network does not fit into memory
 */
export function requireTrainable(dataset: Dataset, configuration: Configuration): void {
  const { architecture, data } = configuration
  const { train, test, validation, name, width, height } = dataset
  if (!validation && train.count < data.folds) {
    throw new Error(
      `${name}: expected at least ${data.folds} training images for ${data.folds} folds, got ${train.count} ` +
        `(and ${test.count} for tests). ${train.count < 2 ? 'Add images' : `Add images, or use --folds ${train.count}`}`,
    )
  }
  if (architecture.classes !== undefined) requireLabels(dataset)
  const bytesOf = (inputDim: number) => networkBytes(configuration, inputDim)
  const available = availableMemory()
  if (bytesOf(architecture.inputDim) <= available) return
  let scale = 1
  const side = (length: number) => Math.max(1, Math.floor(length * scale))
  const fits = () => bytesOf(side(width) * side(height)) <= available
  while (side(width) * side(height) > architecture.latentDim && !fits()) scale *= 0.95
  requireMemory(
    bytesOf(architecture.inputDim),
    `${architecture.layers} ${architecture.layers === 1 ? 'layer' : 'layers'} over images of ${width}x${height} (${parameterCount(architecture).toLocaleString('en')} parameters)`,
    fits()
      ? `--size ${side(width)}x${side(height)} would fit`
      : 'it would not fit at any image size: use smaller --widths',
  )
}

/** @throws Error when training or test images have no classes */
function requireLabels({ name, train, test }: Dataset): void {
  for (const [what, { labels, count }] of [
    ['training', train],
    ['test', test],
  ] as const) {
    if (labels) continue
    throw new Error(
      `${name}: a conditional model needs a class for every image, and its ${count} ${what} images have none; ` +
        'leave --conditional out, or sort them into classes',
    )
  }
}

import { sha256 } from '../../models/files/sha256.ts'
import type { ClassifierArchitecture, JudgeCard } from '../../models/judge-card.ts'
import type { Dataset } from '../data/dataset.ts'
import { identifyDataset } from '../data/identity.ts'
import { fold } from '../step/folds.ts'
import type { Images } from '../step/images.ts'
import { pickPixels } from '../step/images.ts'
import { classifierShapes } from './classifier.ts'
import { classifierModel } from './classifier-onnx.ts'
import { type ClassifierTraining, type EpochListener, fitClassifier } from './fit-classifier.ts'
import type { JudgeFiles } from './judge-files.ts'
import { accuracy, openClassifier } from './open-classifier.ts'

/** The held-out training images: a tenth. */
const FOLD = { folds: 10, fold: 0, seed: 0 }

/** Three convolutions, each halving the image. */
const CONVOLUTIONS = [
  { filters: 16, kernel: 5, stride: 2 },
  { filters: 32, kernel: 3, stride: 2 },
  { filters: 64, kernel: 3, stride: 2 },
]

type Labelled = Images & { labels: Uint8Array }

/**
 * Trains the judge of a labelled data set on nine tenths of its training images, and measures it on the tenth held out
 * and, last, on the test images.
 *
 * @throws Error when the data has no labels, or those of a single class
 */
export async function trainJudge(
  dataset: Dataset,
  training: ClassifierTraining,
  onEpoch?: EpochListener,
): Promise<JudgeFiles> {
  const train = labelled(dataset, dataset.train)
  const architecture: ClassifierArchitecture = {
    height: dataset.height,
    width: dataset.width,
    convolutions: CONVOLUTIONS,
    features: 128,
    classes: dataset.classes.length,
  }
  const chosen = fold(train.count, FOLD.folds, FOLD.fold, FOLD.seed)
  const parameters = await fitClassifier(architecture, training, train, chosen.train, onEpoch)
  const bytes = classifierModel(architecture, parameters)
  const hash = await sha256(bytes)
  const classifier = await openClassifier(bytes)
  const validation: Labelled = {
    count: chosen.validation.length,
    pixels: pickPixels(train, chosen.validation),
    labels: Uint8Array.from(chosen.validation, image => train.labels[image]),
  }
  const card: JudgeCard = {
    version: hash.slice(0, 12),
    dataset: { name: dataset.name, classes: dataset.classes, identity: identifyDataset(dataset) },
    architecture,
    parameters: classifierShapes(architecture).reduce(
      (sum, { shape }) => sum + shape.reduce((a, b) => a * b),
      0,
    ),
    training: { ...training, images: chosen.train.length, fold: FOLD.fold, folds: FOLD.folds },
    validation: await measure(validation),
    test: await measure(labelled(dataset, dataset.test)),
    file: { bytes: bytes.length, sha256: hash },
  }
  await classifier.close()
  return { card, classifier: bytes }

  async function measure(images: Labelled): Promise<JudgeCard['test']> {
    return { images: images.count, accuracy: await accuracy(classifier, images) }
  }
}

function labelled({ name, classes }: Dataset, images: Images): Labelled {
  if (images.labels && classes.length >= 2) return { ...images, labels: images.labels }
  const got = images.labels ? `those of ${classes.length}` : 'images without labels'
  throw new Error(`${name}: expected labels of at least 2 classes, which a judge learns; got ${got}`)
}

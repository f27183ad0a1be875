import type { Card } from '../../models/card.ts'
import type { ImageImport } from '../../models/image-import.ts'
import { fitCentred, type GreyImage } from '../../models/images/grey.ts'
import {
  cropImage,
  holdsCrop,
  importOf,
  invertImage,
  resizeImage,
  transpose,
} from '../../models/images/import-image.ts'
import { matchPolarity } from '../../models/images/polarity.ts'
import { type Polarity, polarityOf } from '../../models/polarity.ts'
import { centreAsMnist } from './centre.ts'
import { PHOTO_STEPS, type PhotoStep, readPhoto } from './photo/read-photo.ts'

type Dataset = Card['dataset']

/** A step in the conversion of a picture to a model's input, whether it was applied, and the picture after it. */
export interface ReadingStep {
  key: string
  title: string
  applied: boolean
  picture: GreyImage
}

/**
 * Whether pictures for this data set are read as photographs of handwritten digits, and not by the steps that made the
 * training images.
 */
export function readsDigits(dataset: Dataset): boolean {
  return dataset.name === 'mnist'
}

/**
 * Converts a picture to a model's input. For MNIST it is read as a photograph of writing on paper. For other data sets
 * it goes through the steps that made the training images, and is inverted if its background is light where theirs is
 * dark, or the reverse.
 *
 * @param skipped keys of the steps to leave out
 * @returns the steps; the last one's picture is the input
 */
export function readPicture(
  picture: GreyImage,
  dataset: Dataset,
  skipped: ReadonlySet<string>,
): ReadingStep[] {
  const { width, height } = dataset
  if (readsDigits(dataset) && !(picture.width === width && picture.height === height)) {
    return readPhoto(picture, width, skipped as ReadonlySet<PhotoStep>).map(({ step, applied, picture }) => ({
      key: step,
      title: PHOTO_STEPS[step],
      applied,
      picture,
    }))
  }
  let read = picture
  return stepsOf(picture, dataset).map(({ key, title, apply, skip }) => {
    const applied = !skipped.has(key)
    read = applied ? apply(read) : (skip?.(read) ?? read)
    return { key, title, applied, picture: read }
  })
}

interface Step {
  key: string
  title: string
  apply(picture: GreyImage): GreyImage
  /** What is done instead if the step is left out; nothing if absent. */
  skip?(picture: GreyImage): GreyImage
}

/**
 * The steps of the data set's import, with the match of polarity before resizing: the bars that resizing may add would
 * hide the background.
 */
function stepsOf(picture: GreyImage, dataset: Dataset): Step[] {
  const { width, height } = dataset
  const how = importOf(dataset)
  const { crop } = how
  const steps: Step[] = []
  if (how.transpose) steps.push({ key: 'transpose', title: 'Swap rows and columns', apply: transpose })
  if (crop && holdsCrop(picture, how)) {
    const title = `Keep ${crop.width} × ${crop.height} from ${crop.left}, ${crop.top}`
    steps.push({ key: 'crop', title, apply: image => cropImage(image, crop) })
  }
  const polarity = polarityBeforeImport(dataset, how)
  if (polarity !== 'photograph') {
    const title = `${polarity === 'light-on-dark' ? 'Light on dark' : 'Dark on light'}, like the training images`
    steps.push({ key: 'polarity', title, apply: image => matchPolarity(image, polarity) })
  }
  const resize = (fit: ImageImport['fit']) => (image: GreyImage) =>
    resizeImage(image, dataset, { ...how, fit })
  const size = `${width} × ${height}`
  steps.push(
    how.fit === 'cover'
      ? {
          key: 'fit',
          title: `Fill ${size} and cut the rest`,
          apply: resize('cover'),
          skip: resize('contain'),
        }
      : {
          key: 'fit',
          title: `Fit all of it into ${size}`,
          apply: resize('contain'),
          skip: resize('cover'),
        },
  )
  if (how.invert) steps.push({ key: 'invert', title: 'Swap black and white', apply: invertImage })
  return steps
}

/** The polarity of the pictures that the data set was imported from. */
function polarityBeforeImport(dataset: Dataset, { invert }: ImageImport): Polarity {
  const polarity = polarityOf(dataset)
  if (!invert || polarity === 'photograph') return polarity
  return polarity === 'light-on-dark' ? 'dark-on-light' : 'light-on-dark'
}

/**
 * Converts a drawing, light ink on black, to an input of a model: centred by MNIST's procedure, or fitted to the size.
 */
export function readDrawing(drawing: GreyImage, dataset: Dataset): Float32Array {
  const { width, height } = dataset
  if (width === height) return centreAsMnist(drawing, width)
  return fitCentred(matchPolarity(drawing, polarityOf(dataset)), width, height)
}

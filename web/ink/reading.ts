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

/** A step in the conversion of a picture to a model's input: whether it was applied, and the picture after it. */
export interface ReadingStep {
  key: string
  title: string
  done: boolean
  picture: GreyImage
}

/** Whether pictures are read as photographs of handwritten digits, by other steps than those of the training images. */
export function readsDigits(dataset: Dataset): boolean {
  return dataset.name === 'mnist'
}

/**
 * Converts a picture to an input of a model. For handwritten digits it is read as a photograph of writing on paper; for
 * other data it is read as the training images were, and inverted where its ground is on the other side of middle grey.
 *
 * @param off keys of the steps to leave out
 * @returns the steps; the last one's picture is the input
 */
export function readPicture(picture: GreyImage, dataset: Dataset, off: ReadonlySet<string>): ReadingStep[] {
  const { width, height } = dataset
  if (readsDigits(dataset) && !(picture.width === width && picture.height === height)) {
    return readPhoto(picture, width, off as ReadonlySet<PhotoStep>).map(({ step, done, picture }) => ({
      key: step,
      title: PHOTO_STEPS[step],
      done,
      picture,
    }))
  }
  let read = picture
  return stepsOf(picture, dataset).map(({ key, title, apply, leave }) => {
    const done = !off.has(key)
    read = done ? apply(read) : (leave?.(read) ?? read)
    return { key, title, done, picture: read }
  })
}

interface Step {
  key: string
  title: string
  apply(picture: GreyImage): GreyImage
  /** What is done in its place where it is left out; nothing if absent. */
  leave?(picture: GreyImage): GreyImage
}

/** The steps of the data's import, and between them the match of polarity: before bars are added that hide the ground. */
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
  const polarity = polarityBefore(dataset, how)
  if (polarity !== 'photograph') {
    const title = `${polarity === 'light-on-dark' ? 'Light on dark' : 'Dark on light'}, as its data`
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
          leave: resize('contain'),
        }
      : {
          key: 'fit',
          title: `Fit all of it into ${size}`,
          apply: resize('contain'),
          leave: resize('cover'),
        },
  )
  if (how.invert) steps.push({ key: 'invert', title: 'Swap black and white', apply: invertImage })
  return steps
}

/** The polarity of the pictures that the images were made of. */
function polarityBefore(dataset: Dataset, { invert }: ImageImport): Polarity {
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

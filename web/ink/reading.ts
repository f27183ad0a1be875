import type { Card } from '../../models/card.ts'
import { fitCentred, type GreyImage } from '../../models/images/grey.ts'
import { matchPolarity } from '../../models/images/polarity.ts'
import { polarityOf } from '../../models/polarity.ts'
import { centreAsMnist } from './centre.ts'
import { PHOTO_STEPS, type PhotoStep, readPhoto } from './photo/read-photo.ts'

/** A step in the conversion of a picture to a model's input: whether it was applied, and the picture after it. */
export interface ReadingStep {
  key: string
  title: string
  done: boolean
  picture: GreyImage
}

/**
 * Converts a picture to an input of a model. For handwritten digits it is read as a photograph of writing on paper; for
 * other data it is adapted to the data's polarity and size. A picture that already has the right size is only inverted
 * if needed.
 *
 * @param off keys of the steps to leave out
 * @returns the steps; the last one's picture is the input
 */
export function readPicture(
  picture: GreyImage,
  dataset: Card['dataset'],
  off: ReadonlySet<string>,
): ReadingStep[] {
  const { width, height, name } = dataset
  const ready = picture.width === width && picture.height === height
  if (name === 'mnist' && !ready) {
    return readPhoto(picture, width, off as ReadonlySet<PhotoStep>).map(({ step, done, picture }) => ({
      key: step,
      title: PHOTO_STEPS[step],
      done,
      picture,
    }))
  }
  const polarity = polarityOf(dataset)
  const turn = !off.has('polarity')
  const turned = turn ? matchPolarity(picture, polarity) : picture
  const fitted = { width, height, pixels: fitCentred(turned, width, height) }
  const fit = { key: 'fit', title: `Fit to ${width} × ${height}`, done: true, picture: fitted }
  if (polarity === 'photograph') return [fit]
  const ground = polarity === 'light-on-dark' ? 'Light on dark, as its data' : 'Dark on light, as its data'
  return [{ key: 'polarity', title: ground, done: turn, picture: turned }, fit]
}

/**
 * Converts a drawing, light ink on black, to an input of a model: centred by MNIST's procedure, or fitted to the size.
 */
export function readDrawing(drawing: GreyImage, dataset: Card['dataset']): Float32Array {
  const { width, height } = dataset
  if (width === height) return centreAsMnist(drawing, width)
  return fitCentred(matchPolarity(drawing, polarityOf(dataset)), width, height)
}

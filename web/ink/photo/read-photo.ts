import { fitCentred, type GreyImage } from '../../../models/images/grey.ts'
import { centreAsMnist } from '../centre.ts'
import { hasLightGround, removePaper } from './paper.ts'
import { keepStrokes } from './strokes.ts'
import { thickenStrokes } from './thicken.ts'
import { separateInk } from './threshold.ts'

/** The steps from a photograph of a digit to an MNIST-like image, in order. */
export const PHOTO_STEPS = {
  paper: 'Take the paper away',
  threshold: 'Separate ink from paper',
  strokes: 'Remove lines and specks',
  thicken: 'Thicken thin strokes',
  centre: 'Scale and centre',
} as const

/** The key of a step. */
export type PhotoStep = keyof typeof PHOTO_STEPS

/** A step: whether it was applied, and the picture after it. */
export interface Stage {
  step: PhotoStep
  done: boolean
  picture: GreyImage
}

/**
 * Reads a photograph of a digit on paper as an image of `side` × `side` light strokes on black.
 *
 * @param off steps to leave out
 * @returns the stages; the last one's picture is the image
 */
export function readPhoto(photo: GreyImage, side: number, off: ReadonlySet<PhotoStep> = new Set()): Stage[] {
  const work: Record<
    PhotoStep,
    { done(picture: GreyImage): GreyImage; left(picture: GreyImage): GreyImage }
  > = {
    paper: { done: removePaper, left: lightInk },
    threshold: { done: separateInk, left: same },
    strokes: { done: keepStrokes, left: same },
    thicken: { done: thickenStrokes, left: same },
    centre: {
      done: picture => ({ width: side, height: side, pixels: centreAsMnist(picture, side) }),
      left: picture => ({ width: side, height: side, pixels: fitCentred(picture, side, side) }),
    },
  }
  let picture = photo
  return (Object.keys(PHOTO_STEPS) as PhotoStep[]).map(step => {
    const done = !off.has(step)
    picture = done ? work[step].done(picture) : work[step].left(picture)
    return { step, done, picture }
  })
}

const same = (picture: GreyImage) => picture

/** Makes ink light on a dark ground, whatever the paper's tone. */
function lightInk(picture: GreyImage): GreyImage {
  return hasLightGround(picture) ? { ...picture, pixels: picture.pixels.map(value => 1 - value) } : picture
}

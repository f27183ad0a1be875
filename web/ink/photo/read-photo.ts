import { fitCentred, type GreyImage } from '../../../models/images/grey.ts'
import { centreAsMnist } from '../centre.ts'
import { hasLightBackground, removePaper } from './paper.ts'
import { keepStrokes } from './strokes.ts'
import { thickenStrokes } from './thicken.ts'
import { separateInk } from './threshold.ts'

/** The steps from a photograph of a digit to an MNIST-like image, in order, with their titles. */
export const PHOTO_STEPS = {
  paper: 'Remove the paper',
  threshold: 'Separate ink from paper',
  strokes: 'Remove lines and specks',
  thicken: 'Thicken thin strokes',
  centre: 'Scale and centre',
} as const

/** The key of a step. */
export type PhotoStep = keyof typeof PHOTO_STEPS

/** A step, whether it was applied, and the picture after it. */
export interface Stage {
  step: PhotoStep
  applied: boolean
  picture: GreyImage
}

/**
 * Converts a photograph of a digit on paper to an image of `side` × `side` with light strokes on black.
 *
 * @param skipped steps to leave out
 * @returns the stages; the last one's picture is the image
 */
export function readPhoto(
  photo: GreyImage,
  side: number,
  skipped: ReadonlySet<PhotoStep> = new Set(),
): Stage[] {
  const conversions: Record<
    PhotoStep,
    { apply(picture: GreyImage): GreyImage; skip(picture: GreyImage): GreyImage }
  > = {
    paper: { apply: removePaper, skip: lightInk },
    threshold: { apply: separateInk, skip: same },
    strokes: { apply: keepStrokes, skip: same },
    thicken: { apply: thickenStrokes, skip: same },
    centre: {
      apply: picture => ({ width: side, height: side, pixels: centreAsMnist(picture, side) }),
      skip: picture => ({ width: side, height: side, pixels: fitCentred(picture, side, side) }),
    },
  }
  let picture = photo
  return (Object.keys(PHOTO_STEPS) as PhotoStep[]).map(step => {
    const applied = !skipped.has(step)
    picture = applied ? conversions[step].apply(picture) : conversions[step].skip(picture)
    return { step, applied, picture }
  })
}

const same = (picture: GreyImage) => picture

/** Inverts the picture if its background is light, so that ink is light on dark. */
function lightInk(picture: GreyImage): GreyImage {
  return hasLightBackground(picture)
    ? { ...picture, pixels: picture.pixels.map(value => 1 - value) }
    : picture
}

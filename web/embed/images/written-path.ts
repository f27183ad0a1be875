import type { Card } from '../../../models/card.ts'
import { locate, parseStyle } from '../../../models/latent/endpoints.ts'
import { layOutText, leftEdge } from '../../../models/latent/written-text.ts'
import type { Options } from '../options/attributes.ts'
import { interpolate, type LatentPath, namingAttribute, type Placed } from './latent-path.ts'

/**
 * The path of one text or several. Several texts turn into one another, each character into the one at the same place;
 * a character without a counterpart fades. A single text is counted up to: each character goes through the classes
 * before its own.
 *
 * @throws ElementError naming the characters that the model has no class for
 */
export function createWritten(
  { texts, hand, path }: Pick<Options, 'texts' | 'hand' | 'path'>,
  card: Card,
): LatentPath {
  const { width, height, classes } = card.dataset
  const style = parseStyle(hand)
  const lines = texts.map(text => namingAttribute('text', () => layOutText(text, classes)))
  /** The classes that appear at a place, in order, by the left edge of the place. */
  const places = new Map<number, (number | undefined)[]>()
  lines.forEach(({ glyphs }, i) => {
    for (const { left, class: own } of glyphs) {
      if (texts.length === 1) places.set(left, classesUpTo(own, card))
      else places.set(left, places.get(left) ?? texts.map(() => undefined)).get(left)![i] = own
    }
  })
  const locateClass = (index: number) =>
    namingAttribute('hand', () => locate({ class: index, style }, card, 'hand'))
  const slots = [...places].map(([left, stops]) => ({
    left: leftEdge(left, width),
    stops: stops.map(index => (index === undefined ? undefined : locateClass(index))),
  }))
  return {
    width: leftEdge(Math.max(...lines.map(line => line.width)), width),
    height,
    at: t =>
      slots.flatMap(({ left, stops }): Placed[] => {
        const along = t * (stops.length - 1)
        const leg = Math.floor(along)
        const [a, b, f] = [stops[leg], stops[leg + 1], along - leg]
        if (a && b) return [{ point: interpolate(a, b, f, path, card), left, opacity: 1 }]
        if (a) return [{ point: a, left, opacity: 1 - f }]
        return b && f > 0 ? [{ point: b, left, opacity: f }] : []
      }),
  }
}

/** The classes that have images, from the first one to `last`. */
function classesUpTo(last: number, { latent }: Card): number[] {
  return latent.classes.flatMap(({ images }, index) => (index <= last && images > 0 ? [index] : []))
}

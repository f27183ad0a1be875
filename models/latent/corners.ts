import type { Card } from '../card.ts'
import { placedClasses } from './draws.ts'
import { classEndpoint, locate, parseEndpoint } from './endpoints.ts'

/** The ends of the path that is shown if an address names none: a 0 and a 7 of the digits. */
export const FIRST_CORNERS: readonly string[] = ['class:0', 'class:7']

/**
 * The corners with which a model is shown: a class that it does not have, or cannot place, is replaced by one that it has,
 * or by a draw. Links and the corners at the start name classes that other models have.
 *
 * @param corners up to four endpoints; those that are no classes stay as they are
 */
export function cornersIn(corners: readonly string[], card: Card): string[] {
  const { classes } = card.dataset
  const placed = placedClasses(card)
  const wanted = [placed[0], placed.at(-1), placed[1], placed[3]]
  const isThere = (corner: string) => findPoint(corner, card) !== undefined
  const taken = new Set(corners.filter(isThere))
  return corners.map((corner, i) => {
    if (!corner.startsWith('class:') || isThere(corner)) return corner
    const wish = wanted[i]
    const other = wish === undefined ? '' : classEndpoint(classes, wish)
    const next = isThere(other) && !taken.has(other) ? other : `seed:${i + 1}`
    taken.add(next)
    return next
  })
}

/** The point of a corner, [size of a point]; undefined for text that is no endpoint, or none that this model has. */
export function findPoint(corner: string, card: Card): Float32Array | undefined {
  try {
    return locate(parseEndpoint(corner), card)
  } catch {
    return undefined
  }
}

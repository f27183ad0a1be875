import type { GreyImage } from '../images/grey.ts'
import { type Polarity, polarityOf } from '../polarity.ts'
import { valueError } from '../value-error.ts'

/** A character of a text, and where it stands. */
export interface Glyph {
  character: string
  /** Index of its class. */
  class: number
  /** Its left edge in half image widths. */
  left: number
}

/** A text laid out as images beside one another. */
export interface WrittenText {
  glyphs: Glyph[]
  /** Width of the text, in half image widths. */
  width: number
}

/** Characters that leave half an image's width empty. */
const GAPS = new Set([' ', '-'])

/** The width of a text, in half image widths. */
export function textWidth(text: string): number {
  return [...text].reduce((width, character) => width + (GAPS.has(character) ? 1 : 2), 0)
}

/**
 * Places the images of a text's characters: each is an image wide, spaces and hyphens are half of one.
 *
 * @param classes names of the model's classes; only those of one character can be written
 * @throws ValueError (field "text") naming the characters without a class, or when there is nothing to draw
 */
export function layOutText(text: string, classes: readonly string[]): WrittenText {
  const glyphs: Glyph[] = []
  const unknown = new Set<string>()
  let left = 0
  for (const character of text) {
    if (GAPS.has(character)) {
      left += 1
      continue
    }
    const index = classOfCharacter(character, classes)
    if (index === undefined) unknown.add(character)
    else glyphs.push({ character, class: index, left })
    left += 2
  }
  if (unknown.size > 0) throw valueError('text', expected(classes), [...unknown].join(''))
  if (glyphs.length === 0) throw valueError('text', 'at least one character to draw', text)
  return { glyphs, width: left }
}

/** The class named by a character. Letter case is ignored only if no class matches exactly. */
function classOfCharacter(character: string, classes: readonly string[]): number | undefined {
  const exact = classes.indexOf(character)
  if (exact >= 0) return exact
  const folded = classes.findIndex(name => name.toLowerCase() === character.toLowerCase())
  return folded >= 0 ? folded : undefined
}

function expected(classes: readonly string[]): string {
  const writable = classes.filter(name => [...name].length === 1)
  if (writable.length === 0) return 'a model with classes of one character, such as digits'
  return `the characters ${writable.join(' ')}, spaces and hyphens`
}

/** Converts a left edge in half image widths to pixels. */
export function leftEdge(left: number, width: number): number {
  return Math.floor((left * width) / 2)
}

/**
 * Draws the images of a text's characters beside one another, on the ground that the data set's images have.
 *
 * @param xhat [glyphs, height · width]
 * @param count draws that many of the characters; all by default
 */
export function drawText(
  written: WrittenText,
  xhat: Float32Array,
  { height, width, ...dataset }: { name: string; polarity?: Polarity; height: number; width: number },
  count?: number,
): GreyImage {
  const line = leftEdge(written.width, width)
  const pixels = new Float32Array(height * line).fill(polarityOf(dataset) === 'dark-on-light' ? 1 : 0)
  written.glyphs.slice(0, count).forEach(({ left }, i) => {
    for (let row = 0; row < height; row++) {
      const from = (i * height + row) * width
      pixels.set(xhat.subarray(from, from + width), row * line + leftEdge(left, width))
    }
  })
  return { pixels, height, width: line }
}

import type { Box, GreyImage } from '../../../models/images/grey.ts'
import { type Component, components } from './components.ts'

/** A pixel counts as ink from this value of `separateInk` on. */
const INK = 0.5
/** Least length of a ruled line, as a share of the picture's side. */
const LINE = 0.45
/** A component with fewer pixels than this share of the largest component's is a speck. */
const SPECK = 0.02
/** Another component belongs to the drawing if its distance is at most this share of the drawing's longer side. */
const NEAR = 0.3

/** Removes ruled lines, specks, and what touches the border, such as a shadow, a finger or the table. */
export function keepStrokes(ink: GreyImage): GreyImage {
  const pixels = ink.pixels.slice()
  for (const upright of [false, true]) {
    for (const line of ruledLines({ ...ink, pixels }, upright)) for (const pixel of line) pixels[pixel] = 0
  }
  const kept = new Set(drawingOf(components(ink, pixel => pixels[pixel] >= INK)).flatMap(part => part.pixels))
  return { ...ink, pixels: pixels.map((value, pixel) => (nearKept(pixel, kept, ink.width) ? value : 0)) }
}

/** Whether a pixel is kept or at most two pixels from a kept one: the smooth edges of strokes are kept too. */
function nearKept(pixel: number, kept: ReadonlySet<number>, width: number): boolean {
  if (kept.has(pixel)) return true
  for (const step of [1, 2]) {
    for (const offset of [-step, step, -step * width, step * width]) if (kept.has(pixel + offset)) return true
  }
  return false
}

/**
 * Finds ruled lines: thin, long components that touch the border. Where a stroke crosses a line the ink is thick, so
 * those pixels, which belong to the stroke, are not part of the line.
 *
 * @returns the pixels of each line
 */
function ruledLines(ink: GreyImage, upright: boolean): number[][] {
  const { width, height } = ink
  const thin = thinPixels(ink, upright, Math.max(2, Math.round(Math.max(width, height) / 100)))
  const length = LINE * (upright ? height : width)
  return components(ink, pixel => thin[pixel] === 1)
    .filter(({ box, atBorder }) => atBorder && (upright ? box.height : box.width) >= length)
    .map(({ pixels }) => pixels)
}

/** 1 for each ink pixel whose run of ink, across the line's direction, is at most `most` pixels long. */
function thinPixels({ width, height, pixels }: GreyImage, upright: boolean, most: number): Uint8Array {
  const [lines, length] = upright ? [height, width] : [width, height]
  const at = (line: number, i: number) => (upright ? line * width + i : i * width + line)
  const thin = new Uint8Array(pixels.length)
  for (let line = 0; line < lines; line++) {
    for (let start = 0; start < length; start++) {
      if (pixels[at(line, start)] < INK) continue
      let end = start
      while (end < length && pixels[at(line, end)] >= INK) end++
      if (end - start <= most) for (let i = start; i < end; i++) thin[at(line, i)] = 1
      start = end
    }
  }
  return thin
}

/** The components of the drawing: the largest that does not touch the border, and those near it that are no specks. */
function drawingOf(parts: readonly Component[]): Component[] {
  const free = parts.filter(part => !part.atBorder)
  const largest = (some: readonly Component[]) =>
    some.reduce<Component | undefined>(
      (most, part) => (part.pixels.length > (most?.pixels.length ?? 0) ? part : most),
      undefined,
    )
  // If the drawing itself touches the border, all others are specks.
  const [inner, outer] = [largest(free), largest(parts)]
  const main = inner && inner.pixels.length >= 0.1 * (outer?.pixels.length ?? 0) ? inner : outer
  if (!main) return []
  const candidates = main.atBorder ? parts : free
  const reach = NEAR * Math.max(main.box.width, main.box.height)
  return candidates.filter(
    part => part.pixels.length >= SPECK * main.pixels.length && gap(part.box, main.box) <= reach,
  )
}

/** The distance between two boxes; 0 where they overlap. */
function gap(a: Box, b: Box): number {
  const along = (startA: number, lengthA: number, startB: number, lengthB: number) =>
    Math.max(0, startA - startB - lengthB, startB - startA - lengthA)
  return Math.hypot(along(a.left, a.width, b.left, b.width), along(a.top, a.height, b.top, b.height))
}

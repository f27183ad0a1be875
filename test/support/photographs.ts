import { encode } from 'fast-png'
import type { GreyImage } from '../../models/images/grey.ts'
import { createRng, normals, type Uniform } from '../../models/random.ts'
import { type Point, STROKES, smooth } from './digit-strokes.ts'

/** How a digit was written and photographed. Lengths are shares of the digit's height. */
export interface Photograph {
  digit: number
  /** What is special about it, for a test's name. */
  what: string
  /** Reflectance of the paper and of the ink, 0…1. */
  paper: number
  ink: number
  /** Width of the pen's line. */
  pen: number
  /** Turned by so many degrees, clockwise. */
  angle?: number
  /** Height of the digit as a share of the picture's. */
  size?: number
  /** Middle of the digit as shares of the picture's width and height. */
  at?: readonly [number, number]
  /** Light at the left and at the right border. */
  light?: readonly [number, number]
  /** A shadow with a sharp edge over the right part: light in it, and where it begins. */
  shadow?: { light: number; from: number }
  /** Ruled lines: reflectance, distance, and whether there are upright ones too. */
  lines?: { tone: number; distance: number; squares?: boolean }
  /** Brightness of a table that is seen at the left border, over a tenth of the picture. */
  table?: number
  /** Deviation of the sensor's noise. */
  noise?: number
  /** Share by which the top is narrower, as if seen from below. */
  perspective?: number
}

/** Ten ways to write and photograph a digit, each digit once. */
export const PHOTOGRAPHS: readonly Photograph[] = [
  { digit: 0, what: 'pencil on white paper', paper: 0.86, ink: 0.5, pen: 0.035, light: [1, 0.82] },
  { digit: 1, what: 'a fine ballpoint', paper: 0.8, ink: 0.22, pen: 0.016, light: [0.9, 1], size: 0.5 },
  { digit: 2, what: 'a felt pen on grey recycled paper', paper: 0.58, ink: 0.12, pen: 0.1 },
  {
    digit: 3,
    what: 'ruled paper',
    paper: 0.85,
    ink: 0.2,
    pen: 0.045,
    lines: { tone: 0.66, distance: 0.42 },
    light: [0.85, 1],
  },
  {
    digit: 4,
    what: 'squared paper, far away',
    paper: 0.84,
    ink: 0.18,
    pen: 0.06,
    size: 0.3,
    at: [0.4, 0.56],
    lines: { tone: 0.7, distance: 0.5, squares: true },
  },
  {
    digit: 5,
    what: 'the shadow of a hand',
    paper: 0.84,
    ink: 0.16,
    pen: 0.05,
    shadow: { light: 0.55, from: 0.52 },
  },
  { digit: 6, what: 'a lamp at one side', paper: 0.82, ink: 0.15, pen: 0.055, light: [1.1, 0.3] },
  {
    digit: 7,
    what: 'turned, and seen from below',
    paper: 0.8,
    ink: 0.2,
    pen: 0.05,
    angle: 12,
    perspective: 0.25,
  },
  {
    digit: 8,
    what: 'a dark room, with the table',
    paper: 0.42,
    ink: 0.1,
    pen: 0.07,
    table: 0.06,
    noise: 0.03,
    at: [0.58, 0.5],
  },
  {
    digit: 9,
    what: 'chalk on a blackboard',
    paper: 0.16,
    ink: 0.78,
    pen: 0.08,
    light: [1, 0.8],
    noise: 0.02,
  },
]

const WIDTH = 320
const HEIGHT = 240

/** Renders a photograph from its description: reflectance times light, with the camera's noise. */
export function takePhotograph(photo: Photograph, seed = 1): GreyImage {
  const { paper, ink, pen, light = [1, 1], shadow, lines, table, noise = 0.012 } = photo
  const grain = noiseOf(createRng(seed, 'photograph'), noise)
  const segments = STROKES[photo.digit].flatMap(stroke => smooth(stroke))
  const pixels = new Float32Array(WIDTH * HEIGHT)
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const [u, v] = onPaper(photo, x, y)
      let tone = paper
      if (lines && onLine(u, v, lines)) tone = lines.tone
      tone += (ink - tone) * coverage(distanceTo(segments, u, v), pen, photo)
      const across = x / WIDTH
      let lit = light[0] + (light[1] - light[0]) * across
      if (shadow && across + 0.12 * (y / HEIGHT) > shadow.from) lit *= shadow.light
      if (table !== undefined && across < 0.1) tone = table
      pixels[y * WIDTH + x] = Math.max(0, Math.min(1, tone * lit + grain[y * WIDTH + x]))
    }
  }
  return { width: WIDTH, height: HEIGHT, pixels }
}

/** A photograph as a PNG file. */
export function encodePhotograph(photo: Photograph): Buffer {
  const { width, height, pixels } = takePhotograph(photo)
  const data = Uint8Array.from(pixels, value => Math.round(value * 255))
  return Buffer.from(encode({ width, height, data, channels: 1 }))
}

/** The place on the paper, in heights of the digit from its top left, that a pixel shows. */
function onPaper(
  { size = 0.62, at = [0.5, 0.5], angle = 0, perspective = 0 }: Photograph,
  x: number,
  y: number,
) {
  const scale = size * HEIGHT
  const [dx, dy] = [(x - at[0] * WIDTH) / scale, (y - at[1] * HEIGHT) / scale]
  const wide = dx * (1 + perspective * (0.5 - dy))
  const [sin, cos] = [Math.sin((-angle * Math.PI) / 180), Math.cos((-angle * Math.PI) / 180)]
  return [wide * cos - dy * sin + 0.33, wide * sin + dy * cos + 0.5] as const
}

function onLine(u: number, v: number, { distance, squares }: NonNullable<Photograph['lines']>): boolean {
  const near = (value: number) => Math.abs(value / distance - Math.round(value / distance)) * distance < 0.006
  return near(v) || (squares === true && near(u))
}

/** The share of a pixel that a line of the pen's width covers at a distance from its middle. */
function coverage(distance: number, pen: number, { size = 0.62 }: Photograph): number {
  const pixel = 1 / (size * HEIGHT)
  return Math.max(0, Math.min(1, (pen / 2 - distance) / pixel + 0.5))
}

function distanceTo(segments: readonly (readonly [Point, Point])[], u: number, v: number): number {
  let least = Number.POSITIVE_INFINITY
  // Far from the digit, the exact distance does not matter.
  if (u < -0.3 || u > 1 || v < -0.3 || v > 1.3) return least
  for (const [[x0, y0], [x1, y1]] of segments) {
    const [dx, dy] = [x1 - x0, y1 - y0]
    const t = Math.max(0, Math.min(1, ((u - x0) * dx + (v - y0) * dy) / (dx * dx + dy * dy || 1)))
    least = Math.min(least, Math.hypot(u - x0 - t * dx, v - y0 - t * dy))
  }
  return least
}

function noiseOf(rng: Uniform, deviation: number): Float32Array {
  return normals(rng, new Float32Array(WIDTH * HEIGHT)).map(value => value * deviation)
}

import { CLASS_COLOURS } from '../theme.ts'

type Outline = readonly (readonly [x: number, y: number])[]

const SQUARE: Outline = [
  [-1, -1],
  [1, -1],
  [1, 1],
  [-1, 1],
]
/** Half the width of the arms of a plus and of a cross, whose length is 2. */
const ARM = 0.32
const PLUS: Outline = [
  [-ARM, -1],
  [ARM, -1],
  [ARM, -ARM],
  [1, -ARM],
  [1, ARM],
  [ARM, ARM],
  [ARM, 1],
  [-ARM, 1],
  [-ARM, ARM],
  [-1, ARM],
  [-1, -ARM],
  [-ARM, -ARM],
]
const rotatedBy45Degrees = (outline: Outline): Outline =>
  outline.map(([x, y]) => [(x - y) * Math.SQRT1_2, (x + y) * Math.SQRT1_2])

/** The shapes that points are drawn with, each within −1…1. Colours and shapes together tell 50 classes apart. */
const MARKS = {
  square: [SQUARE],
  ring: [SQUARE, SQUARE.map(([x, y]) => [x * 0.45, y * 0.45] as const)],
  plus: [PLUS],
  cross: [rotatedBy45Degrees(PLUS)],
  diamond: [rotatedBy45Degrees(SQUARE)],
} satisfies Record<string, readonly Outline[]>
type ClassMark = keyof typeof MARKS
const NAMES = Object.keys(MARKS) as ClassMark[]

/** The mark of a class's points: a square for the first ten classes, then another shape for each ten. */
export function markOf(label: number): ClassMark {
  return NAMES[Math.floor(label / CLASS_COLOURS) % NAMES.length]
}

/** Draws a mark centred at (x, y) in the context's fill style. @param size its width, in CSS pixels */
export function drawMark(
  g: CanvasRenderingContext2D,
  mark: ClassMark,
  x: number,
  y: number,
  size: number,
): void {
  g.beginPath()
  for (const outline of MARKS[mark]) {
    for (const [i, [dx, dy]] of outline.entries()) {
      g[i === 0 ? 'moveTo' : 'lineTo'](x + (dx * size) / 2, y + (dy * size) / 2)
    }
    g.closePath()
  }
  g.fill('evenodd')
}

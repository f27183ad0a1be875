/** A point of a stroke: x and y. */
export type Point = readonly [number, number]

/** Each digit's strokes as points that a smooth line goes through; y grows downwards, the height is 1. */
export const STROKES: readonly (readonly (readonly Point[])[])[] = [
  [
    [
      [0.35, 0.02],
      [0.08, 0.3],
      [0.06, 0.65],
      [0.3, 0.98],
      [0.56, 0.7],
      [0.6, 0.3],
      [0.36, 0.02],
    ],
  ],
  [
    [
      [0.3, 0],
      [0.27, 0.5],
      [0.24, 1],
    ],
  ],
  [
    [
      [0.08, 0.24],
      [0.3, 0.02],
      [0.54, 0.2],
      [0.42, 0.52],
      [0.06, 0.96],
    ],
    [
      [0.06, 0.96],
      [0.34, 0.93],
      [0.66, 0.97],
    ],
  ],
  [
    [
      [0.1, 0.1],
      [0.36, 0.02],
      [0.52, 0.2],
      [0.28, 0.45],
      [0.54, 0.66],
      [0.42, 0.94],
      [0.06, 0.9],
    ],
  ],
  [
    [
      [0.14, 0],
      [0.08, 0.3],
      [0.06, 0.54],
    ],
    [
      [0.06, 0.54],
      [0.36, 0.52],
      [0.64, 0.5],
    ],
    [
      [0.52, 0.06],
      [0.5, 0.5],
      [0.46, 1],
    ],
  ],
  [
    [
      [0.58, 0.03],
      [0.36, 0.03],
      [0.14, 0.05],
    ],
    [
      [0.14, 0.05],
      [0.12, 0.22],
      [0.1, 0.42],
    ],
    [
      [0.1, 0.42],
      [0.36, 0.38],
      [0.56, 0.62],
      [0.4, 0.94],
      [0.06, 0.92],
    ],
  ],
  [
    [
      [0.48, 0],
      [0.2, 0.34],
      [0.08, 0.7],
      [0.28, 0.98],
      [0.52, 0.76],
      [0.34, 0.54],
      [0.1, 0.72],
    ],
  ],
  [
    [
      [0.04, 0.05],
      [0.3, 0.04],
      [0.6, 0.04],
    ],
    [
      [0.6, 0.04],
      [0.42, 0.5],
      [0.28, 1],
    ],
  ],
  [
    [
      [0.5, 0.12],
      [0.26, 0.02],
      [0.12, 0.22],
      [0.34, 0.46],
      [0.54, 0.74],
      [0.3, 0.98],
      [0.08, 0.78],
      [0.3, 0.48],
      [0.52, 0.24],
      [0.46, 0.08],
    ],
  ],
  [
    [
      [0.5, 0.2],
      [0.26, 0.04],
      [0.1, 0.26],
      [0.3, 0.48],
      [0.5, 0.24],
    ],
    [
      [0.52, 0.16],
      [0.5, 0.5],
      [0.44, 1],
    ],
  ],
]

/** A Catmull-Rom spline through points, as short straight pieces. */
export function smooth(points: readonly Point[]): readonly [Point, Point][] {
  const at = (i: number) => points[Math.max(0, Math.min(points.length - 1, i))]
  const line: Point[] = []
  for (let i = 0; i < points.length - 1; i++) {
    for (let step = 0; step < 8; step++) {
      const t = step / 8
      const value = (k: 0 | 1) => {
        const [a, b, c, d] = [at(i - 1)[k], at(i)[k], at(i + 1)[k], at(i + 2)[k]]
        return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
      }
      line.push([value(0), value(1)])
    }
  }
  line.push(points[points.length - 1])
  return line.slice(1).map((point, i) => [line[i], point] as const)
}

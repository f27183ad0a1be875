/**
 * Finds the points inside a polygon, by the even-odd rule.
 *
 * @param points [n, 2]
 * @param polygon corners, [m, 2]; the last is joined to the first
 * @returns their indices
 */
export function pointsInside(points: Float32Array, polygon: ArrayLike<number>): number[] {
  const corners = polygon.length / 2
  const inside: number[] = []
  for (let i = 0; i < points.length / 2; i++) {
    const [x, y] = [points[i * 2], points[i * 2 + 1]]
    let odd = false
    for (let a = 0, b = corners - 1; a < corners; b = a++) {
      const [ax, ay, bx, by] = [polygon[a * 2], polygon[a * 2 + 1], polygon[b * 2], polygon[b * 2 + 1]]
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd
    }
    if (odd) inside.push(i)
  }
  return inside
}

/** Corners of `circleAround`: its sides are within 0.02% of the radius. */
const CORNERS = 180

/** A circle as a polygon, [m, 2]. */
export function circleAround([x, y]: Float32Array, radius: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: CORNERS * 2 }, (_, i) => {
    const angle = (Math.floor(i / 2) / CORNERS) * 2 * Math.PI
    return i % 2 === 0 ? x + radius * Math.cos(angle) : y + radius * Math.sin(angle)
  })
}

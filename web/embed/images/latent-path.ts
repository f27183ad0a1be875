import type { Card } from '../../../models/card.ts'
import { locate, parseEndpoint } from '../../../models/endpoints.ts'
import { lerp, type Path, slerp } from '../../../models/paths.ts'
import { isValueError } from '../../../models/value-error.ts'
import type { Options } from '../options/attributes.ts'
import { elementError } from '../options/element-error.ts'

/** The point, z [D_z] or z and y [D_z + classes], at t along a path, or at t across and u down a square; both 0 to 1. A path ignores u. */
export type LatentPath = (t: number, u: number) => Float32Array

/** The path or the square between the endpoints in a model's latent space. @throws ElementError */
export function createLatentPath(
  { endpoints, path }: Pick<Options, 'endpoints' | 'path'>,
  card: Card,
): LatentPath {
  const square = endpoints.length > 2
  const points = endpoints.map((text, i) =>
    locateEndpoint(text, square ? 'corners' : ['from', 'to'][i], card),
  )
  const between = (a: Float32Array, b: Float32Array, t: number) => interpolate(a, b, t, path, card)
  if (!square) return t => between(points[0], points[1], t)
  const [topLeft, topRight, bottomRight, bottomLeft] = points
  return (t, u) => between(between(topLeft, bottomLeft, u), between(topRight, bottomRight, u), t)
}

function locateEndpoint(text: string, attribute: string, card: Card): Float32Array {
  try {
    return locate(parseEndpoint(text, attribute), card, attribute)
  } catch (error) {
    throw isValueError(error) ? elementError(attribute, error.expected, error.got) : error
  }
}

/** As the API interpolates: t = 0 and t = 1 give the endpoints themselves, without rounding. */
function interpolate(a: Float32Array, b: Float32Array, t: number, path: Path, card: Card): Float32Array {
  if (t === 0) return a
  if (t === 1) return b
  return path === 'slerp' ? slerp(a, b, t, card.prior) : lerp(a, b, t)
}

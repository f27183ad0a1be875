import type { Card } from '../../models/card.ts'
import { isValueError, lerp, locate, type Path, parseEndpoint, slerp } from '../../models/latent.ts'
import type { Options } from './attributes.ts'
import { refuse } from './refusal.ts'

/** The point [D_z] at t across and u down, each 0…1; of a path, which has no second direction, at t. */
export type Route = (t: number, u: number) => Float32Array

/** The way, or the square, that an element leads through the latent space of a model. @throws Refused */
export function openRoute({ stops, path }: Pick<Options, 'stops' | 'path'>, card: Card): Route {
  const points = stops.map((text, i) => place(text, stops.length > 2 ? 'corners' : ['from', 'to'][i], card))
  const go = (a: Float32Array, b: Float32Array, t: number) => between(a, b, t, path, card)
  if (points.length === 2) return t => go(points[0], points[1], t)
  const [a, b, c, d] = points
  return (t, u) => go(go(a, d, u), go(b, c, u), t)
}

function place(text: string, attribute: string, card: Card): Float32Array {
  try {
    return locate(parseEndpoint(text, attribute), card, attribute)
  } catch (error) {
    throw isValueError(error) ? refuse(attribute, error.expected, error.got) : error
  }
}

/** As the API's `walk` does it: the ends are themselves to the bit. */
function between(a: Float32Array, b: Float32Array, t: number, path: Path, card: Card): Float32Array {
  if (t === 0) return a
  if (t === 1) return b
  return path === 'slerp' ? slerp(a, b, t, card.prior) : lerp(a, b, t)
}

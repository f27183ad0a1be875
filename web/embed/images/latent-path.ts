import type { Card } from '../../../models/card.ts'
import { locate, parseEndpoint } from '../../../models/latent/endpoints.ts'
import { lerp, type Path, slerp } from '../../../models/latent/paths.ts'
import { isValueError } from '../../../models/value-error.ts'
import type { Options } from '../options/attributes.ts'
import { elementError } from '../options/element-error.ts'

/** An image to decode, and where and how strongly it is drawn. */
export interface Placed {
  /** z [D_z]; for a conditional model z and y, [D_z + classes]. */
  point: Float32Array
  /** Pixels from the left edge. */
  left: number
  /** 0 to 1. */
  opacity: number
}

/** The images of a path at t, or of a square at t across and u down; both 0 to 1. */
export interface LatentPath {
  /** Size in pixels: that of one image, or of a line of images. */
  width: number
  height: number
  at(t: number, u: number): Placed[]
}

/** The path or square between endpoints in a model's latent space. @throws ElementError */
export function createLatentPath(
  { endpoints, path }: Pick<Options, 'endpoints' | 'path'>,
  card: Card,
): LatentPath {
  const { width, height } = card.dataset
  const between = (a: Float32Array, b: Float32Array, t: number) => interpolate(a, b, t, path, card)
  const square = endpoints.length > 2
  const points = endpoints.map((text, i) => {
    const attribute = square ? 'corners' : ['from', 'to'][i]
    return namingAttribute(attribute, () => locate(parseEndpoint(text, attribute), card, attribute))
  })
  const [topLeft, topRight, bottomRight, bottomLeft] = points
  const place = (point: Float32Array) => [{ point, left: 0, opacity: 1 }]
  return {
    width,
    height,
    at: (t, u) =>
      place(
        square
          ? between(between(topLeft, bottomLeft, u), between(topRight, bottomRight, u), t)
          : between(topLeft, topRight, t),
      ),
  }
}

/**
 * Runs a function that may fail on a value which the model does not have, and names the attribute in its error. @throws
 * ElementError
 */
export function namingAttribute<T>(attribute: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw isValueError(error) ? elementError(attribute, error.expected, error.got) : error
  }
}

/** Interpolates as the API does: t = 0 and t = 1 give the endpoints themselves, without rounding. */
export function interpolate(
  a: Float32Array,
  b: Float32Array,
  t: number,
  path: Path,
  card: Card,
): Float32Array {
  if (t === 0) return a
  if (t === 1) return b
  return path === 'slerp' ? slerp(a, b, t, card.prior) : lerp(a, b, t)
}

import { oneHot } from '../one-hot.ts'
import { parseNumber } from '../parse-text.ts'
import { tuple } from '../print-number.ts'
import { joinRows } from '../rows.ts'
import { isValueError, valueError } from '../value-error.ts'
import { classIndex, drawSamples, drawStyle, type LatentSpace, requireImages, styleLatent } from './draws.ts'

/**
 * The style of a class: drawn by a seed, or given by standard-normal coordinates `eps` within the class's Gaussian, or,
 * for a conditional model, by the latent itself.
 */
export type Style = { seed: number } | { eps: readonly number[] } | { z: readonly number[] }

/**
 * One point: a draw, a class (index or name) in a style or at its mean, a mixture of classes `y` in a style, or
 * coordinates.
 */
export type Endpoint =
  | { seed: number }
  | { class: number | string; style?: Style }
  | { y: readonly number[]; style: Style }
  | { z: readonly number[] }

/** The endpoint of a class by its index, or by its name where another class is called by that number. */
export function classEndpoint(classes: readonly string[], index: number): string {
  return `class:${classIndex(classes, String(index)) === index ? index : classes[index]}`
}

/** The notations of endpoints and styles, for messages. */
const FORMS = 'seed:<0 to 4294967295>, class:<index or name>, class:<…>@seed:<…> or z:<numbers with commas>'
const STYLE_FORMS = 'seed:<0 to 4294967295>, eps:<numbers with commas> or z:<numbers with commas>'

/**
 * Reads `seed:7`, `class:3`, `class:Sneaker`, `z:0.5,-1.2`, `class:3@seed:5`, `class:3@eps:…`,
 * `class:3@z:…` or `y:0.5,0.5,0@seed:5`.
 *
 * @param field the name to use in errors: "from", say
 * @throws ValueError
 */
export function parseEndpoint(text: string, field = 'endpoint'): Endpoint {
  const [kind, rest] = splitKind(text)
  if (kind === 'class' || kind === 'y') {
    // The name of a class may contain an @; a style does not.
    const at = rest.lastIndexOf('@')
    const style = at < 0 ? undefined : tryStyle(...splitKind(rest.slice(at + 1)), field)
    const subject = style ? rest.slice(0, at).trim() : rest
    if (kind === 'class' && subject !== '') return { class: subject, ...(style && { style }) }
    if (kind === 'y' && style) return { y: parsePoint(subject, field), style }
  }
  const point = tryStyle(kind, rest, field)
  if (point && !('eps' in point)) return point
  throw valueError(field, FORMS, text)
}

/**
 * Reads `seed:7`, `eps:0.5,-1.2` or `z:0.5,-1.2`.
 *
 * @throws ValueError
 */
export function parseStyle(text: string, field = 'style'): Style {
  const style = tryStyle(...splitKind(text), field)
  if (style) return style
  throw valueError(field, STYLE_FORMS, text)
}

/** Writes a style as `parseStyle` reads it. */
export function printStyle(style: Style): string {
  if ('seed' in style) return `seed:${style.seed}`
  return 'eps' in style ? `eps:${style.eps.join(',')}` : `z:${style.z.join(',')}`
}

function tryStyle(kind: string, rest: string, field: string): Style | undefined {
  if (kind === 'seed' && /^\d{1,10}$/.test(rest) && Number(rest) <= 0xffffffff) return { seed: Number(rest) }
  if (kind === 'eps') return { eps: parsePoint(rest, field) }
  return kind === 'z' ? { z: parsePoint(rest, field) } : undefined
}

function splitKind(text: string): [kind: string, rest: string] {
  const at = text.indexOf(':')
  return [text.slice(0, at), text.slice(at + 1).trim()]
}

/**
 * Reads `0.5,-1.2`.
 *
 * @throws ValueError when a part is not a finite decimal number
 */
export function parsePoint(text: string, field = 'z'): number[] {
  return text.split(',').map(part => {
    const value = parseNumber(part.trim())
    if (value !== undefined && Number.isFinite(Math.fround(value))) return value
    throw valueError(field, 'finite numbers with commas between them', text)
  })
}

/**
 * The point of an endpoint. A seed gives the first image that `sample` draws with it. A class without a style gives the
 * mean of mu over its training images; with a style it gives the point at the style's position in its Gaussian, so that
 * one style is one handwriting in every class. A mixture of classes in a style gives the same mixture of their points.
 *
 * @returns [D_z], or [D_z + classes] for a conditional model
 * @throws ValueError when there are not D_z coordinates, there is no such class, or the model is not conditional and
 * the endpoint needs it to be, or the reverse
 */
export function locate(endpoint: Endpoint, space: LatentSpace, field = 'endpoint'): Float32Array {
  const classes = space.architecture?.classes
  if ('seed' in endpoint) return drawSamples(space, { n: 1, seed: endpoint.seed })
  if ('z' in endpoint) {
    if (classes === undefined) return coordinates(endpoint.z, space, field)
    throw valueError(
      field,
      'class:<index or name>@z:<…>, because this model reads a class',
      `z:${endpoint.z.join(',')}`,
    )
  }
  if ('y' in endpoint) return locateMixture(endpoint.y, endpoint.style, space, field)
  const index = classOf(endpoint.class, space, field)
  const z = locateClass(index, endpoint.style, space, field)
  return classes === undefined ? z : joinRows([z, oneHot([index], classes)], 1)
}

/** The latent of a class in a style, [D_z]; at its mean without one. */
function locateClass(
  index: number,
  style: Style | undefined,
  space: LatentSpace,
  field: string,
): Float32Array {
  const moments = space.latent.classes[index]
  if (!style) return Float32Array.from(moments.mean)
  if ('seed' in style) return styleLatent(moments, drawStyle(space, style.seed))
  if ('eps' in style) return styleLatent(moments, coordinates(style.eps, space, field))
  if (space.architecture?.classes !== undefined) return coordinates(style.z, space, field)
  throw valueError(
    field,
    'a style by seed: or eps:, because this model reads no class',
    `z:${style.z.join(',')}`,
  )
}

function locateMixture(
  shares: readonly number[],
  style: Style,
  space: LatentSpace,
  field: string,
): Float32Array {
  const y = checkMixture(shares, space.architecture?.classes, field)
  const z = new Float64Array(space.prior.mean.length)
  y.forEach((share, index) => {
    if (share === 0) return
    requireImages(space.latent.classes[index], field)
    locateClass(index, style, space, field).forEach((value, k) => {
      z[k] += share * value
    })
  })
  return joinRows([Float32Array.from(z), Float32Array.from(y)], 1)
}

function coordinates(numbers: readonly number[], { prior }: LatentSpace, field: string): Float32Array {
  const d = prior.mean.length
  if (numbers.length === d) return Float32Array.from(numbers)
  throw valueError(field, `${d} numbers, one per latent dimension`, `${numbers.length}`)
}

/** Largest deviation from 1 of the sum of a mixture of classes: allows for five digits in each of ten shares. */
const MIXTURE_TOLERANCE = 1e-4

/**
 * Checks that `y` is a point of the simplex over the classes.
 *
 * @throws ValueError when the model is not conditional, or the shares are not `classes` numbers from 0 that sum to 1
 */
export function checkMixture(
  y: readonly number[],
  classes: number | undefined,
  field = 'y',
): readonly number[] {
  if (classes === undefined)
    throw valueError(field, 'no shares of classes, because this model reads no class', String(y))
  const sum = y.reduce((a, b) => a + b, 0)
  if (y.length === classes && y.every(share => share >= 0) && Math.abs(sum - 1) <= MIXTURE_TOLERANCE) return y
  throw valueError(field, `${classes} shares from 0 with the sum 1`, String(y))
}

/** The index of a class that had training images. */
function classOf(name: string | number, { dataset, latent }: LatentSpace, field: string): number {
  try {
    const index = classIndex(dataset.classes, name)
    requireImages(latent.classes[index], field)
    return index
  } catch (error) {
    throw isValueError(error) ? valueError(field, error.expected, name) : error
  }
}

/** A title for an endpoint: "3", "3 in style 5", "seed 7", "(0.5, −1.2)". */
export function nameEndpoint(endpoint: Endpoint, classes: readonly string[]): string {
  if ('seed' in endpoint) return `seed ${endpoint.seed}`
  if ('z' in endpoint) return tuple(endpoint.z)
  const subject =
    'y' in endpoint ? `classes ${tuple(endpoint.y)}` : classes[classIndex(classes, endpoint.class)]
  return endpoint.style ? `${subject} in style ${nameStyle(endpoint.style)}` : subject
}

function nameStyle(style: Style): string {
  return 'seed' in style ? `${style.seed}` : tuple('eps' in style ? style.eps : style.z)
}

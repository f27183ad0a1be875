import { readFileSync } from 'node:fs'
import type { Uniform } from '../../models/random.ts'

/** What an answer's bytes must be like; strings are Latin-1. */
export interface BodyCheck {
  begins?: string
  ends?: string
  /** Stands in the first 4096 bytes. */
  has?: string
  /** Exactly so many bytes. */
  bytes?: number
  /** At least so many bytes. */
  least?: number
}

/** One kind of request of the mix. */
export interface Entry {
  name: string
  /** How often it is asked for, relative to the others. */
  weight: number
  method: 'GET' | 'POST'
  /**
   * Under the target's root. `{model}` is the model asked for; `{seed}` a whole number below a million, `{class}` one
   * from 0 to 9 and `{x}` a coordinate between -2.5 and 2.5, each drawn anew for every request.
   */
  path: string
  /** Posts the handwritten digit of digit.png. */
  posts?: 'image/png'
  expect: { status: number; type: string; body: BodyCheck }
}

const PNG: BodyCheck = { begins: '\x89PNG\r\n\x1a\n', ends: 'IEND\xaeB`\x82' }
const JSON_OBJECT: BodyCheck = { begins: '{', ends: '}', has: '"version"' }
const png = { status: 200, type: 'image/png', body: PNG }
const json = { status: 200, type: 'application/json', body: JSON_OBJECT }
/** Raw float32 of n images of 28×28. */
const f32 = (n: number) => ({ status: 200, type: 'application/octet-stream', body: { bytes: n * 784 * 4 } })

/**
 * What real use asks for: mostly new digits, some of them from one link that many follow, then the widget's first
 * frames, latents dragged over a plane, drawings to reconstruct, and now and then a model for a browser's own engine.
 */
export const MIX: readonly Entry[] = [
  get('sample-1-png', 18, 'sample?n=1&seed={seed}&scale=4&format=png', png),
  get('sample-1-f32', 14, 'sample?n=1&seed={seed}&format=f32', f32(1)),
  get('sample-16-png', 12, 'sample?n=16&seed={seed}&class={class}&scale=2&format=png', png),
  get('sample-16-f32', 6, 'sample?n=16&seed={seed}&format=f32', f32(16)),
  get('sample-linked', 10, 'sample?n=16&seed=7&scale=4&format=png', png),
  get('interpolate-apng', 5, 'interpolate?from=seed:{seed}&to=class:{class}&steps=12&scale=2&format=apng', {
    ...png,
    type: 'image/apng',
    body: { ...PNG, has: 'acTL' },
  }),
  get('interpolate-json', 5, 'interpolate?from=seed:{seed}&to=seed:{seed}&steps=12&format=json', json),
  get('grid', 4, 'grid?format=png', png),
  get('decode', 14, 'decode?z={x},{x}&format=png', png),
  get('card', 5, '', json),
  get('decoder', 1, 'decoder.onnx', {
    status: 200,
    type: 'application/octet-stream',
    body: { begins: '\x08', least: 10_000 },
  }),
  {
    name: 'reconstruct',
    weight: 6,
    method: 'POST',
    path: '/v1/models/{model}/reconstruct?format=png',
    posts: 'image/png',
    expect: png,
  },
]

function get(name: string, weight: number, rest: string, expect: Entry['expect']): Entry {
  return { name, weight, method: 'GET', path: `/v1/models/{model}${rest && `/${rest}`}`, expect }
}

/** Entries by name. @throws RangeError for a name that is not in the mix */
export function pickEntries(mix: readonly Entry[], names: readonly string[]): Entry[] {
  return names.map(name => {
    const entry = mix.find(each => each.name === name)
    if (entry) return entry
    throw new RangeError(`expected some of ${mix.map(each => each.name).join(', ')}; got ${name}`)
  })
}

/** An entry's path with its places filled in. */
export function fillPath(path: string, model: string, uniform: Uniform): string {
  return path.replace(/\{(\w+)\}/g, (place, name: string) => {
    if (name === 'model') return model
    if (name === 'seed') return String(Math.floor(uniform() * 1e6))
    if (name === 'class') return String(Math.floor(uniform() * 10))
    if (name === 'x') return (uniform() * 5 - 2.5).toFixed(3)
    throw new RangeError(`path: expected {model}, {seed}, {class} or {x}, got ${place}`)
  })
}

/** The image that is posted: a digit of MNIST's test set, 28×28 grey. */
export function readDigit(): Buffer {
  return readFileSync(new URL('digit.png', import.meta.url))
}

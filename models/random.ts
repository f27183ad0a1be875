import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** A source of uniforms on (0, 1), advanced by each call. */
export type Uniform = () => number

/**
 * A seeded stream of uniforms on the open interval (0, 1), float64, from xoroshiro128+.
 *
 * `labels` split one seed into independent streams ("epoch", 3), so that any part of a computation can be replayed
 * without having drawn what came before it. Labels are joined by "/" and hashed with the seed (FNV-1a, then the
 * MurmurHash3 finaliser). The same arguments give the same bits on every JavaScript engine.
 *
 * @param seed an integer in [0, 2³²)
 * @throws RangeError when the seed is not such an integer
 */
export function createRng(seed: number, ...labels: (string | number)[]): Uniform {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new RangeError(`seed: expected an integer from 0 to 4294967295, got ${seed}`)
  }
  // Hash the seed even without labels: the first output of the generator is the complement of its seed.
  const generator = xoroshiro128plus(hash(seed, labels.join('/')))
  // 26 + 27 bits make 53; the half step keeps 0 and 1 out, where the normal quantile is infinite.
  return () => {
    const high = generator.next() >>> 6
    const low = generator.next() >>> 5
    return (high * 0x8000000 + low + 0.5) / 0x20000000000000
  }
}

function hash(seed: number, text: string): number {
  let h = (0x811c9dc5 ^ seed) >>> 0
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) | 0
}

/**
 * Fills `out` with independent standard normals, one uniform each: the quantile function of a uniform, computed in
 * float64 and stored as float32.
 *
 * @returns `out`
 */
export function normals(uniform: Uniform, out: Float32Array): Float32Array {
  for (let i = 0; i < out.length; i++) out[i] = normalQuantile(uniform())
  return out
}

/** Shuffles `items` in place (Fisher–Yates, Durstenfeld's form) and returns it. */
export function shuffle<T extends { length: number; [index: number]: unknown }>(
  uniform: Uniform,
  items: T,
): T {
  const a: { [index: number]: unknown } = items
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1))
    const held = a[i]
    a[i] = a[j]
    a[j] = held
  }
  return items
}

/**
 * The quantile function of the standard normal: the x with P(X ≤ x) = p. Wichura's algorithm AS 241 (PPND16, Applied
 * Statistics 37, 1988), relative error about 1e-16. It uses only + − × ÷ and √, which IEEE 754 rounds identically
 * everywhere, so that the result has the same bits on every engine; Math.log does not.
 *
 * @param p a probability, 0 < p < 1
 * @throws RangeError for any other number
 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`p: expected a number between 0 and 1, got ${p}`)
  const q = p - 0.5
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q
    return (q * polynomial(CENTRE_TOP, r)) / polynomial(CENTRE_BOTTOM, r)
  }
  const r = Math.sqrt(-portableLog(q < 0 ? p : 1 - p))
  const x =
    r <= 5
      ? polynomial(MIDDLE_TOP, r - 1.6) / polynomial(MIDDLE_BOTTOM, r - 1.6)
      : polynomial(TAIL_TOP, r - 5) / polynomial(TAIL_BOTTOM, r - 5)
  return q < 0 ? -x : x
}

/**
 * ln x for 0 < x < 1, by x = m·2^e and ln m = 2·artanh((m − 1)/(m + 1)), whose series is summed to the precision of
 * float64.
 */
function portableLog(x: number): number {
  let e = 0
  let m = x
  while (m < Math.SQRT1_2) {
    m *= 2
    e--
  }
  const s = (m - 1) / (m + 1)
  const s2 = s * s
  let sum = 0
  for (let k = 23; k >= 1; k -= 2) sum = sum * s2 + 1 / k
  return e * Math.LN2 + 2 * s * sum
}

function polynomial(coefficients: readonly number[], x: number): number {
  let y = 0
  for (let i = coefficients.length - 1; i >= 0; i--) y = y * x + coefficients[i]
  return y
}

const CENTRE_TOP = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
  67265.7709270087, 33430.57558358813, 2509.0809287301227,
]
const CENTRE_BOTTOM = [
  1.0, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
  28729.085735721943, 5226.495278852854,
]
const MIDDLE_TOP = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
  0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
]
const MIDDLE_BOTTOM = [
  1.0, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
  0.0005475938084995345, 1.0507500716444169e-9,
]
const TAIL_TOP = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
  0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
]
const TAIL_BOTTOM = [
  1.0, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
  1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
]

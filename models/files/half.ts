/**
 * IEEE 754 binary16 numbers as 16 bits in a Uint16Array, because not every engine has a typed array of halves. The
 * shipped weights and latents are halves.
 */

const bits = new Uint32Array(1)
const value = new Float32Array(bits.buffer)

/** Widens halves to float32, exactly. NaN stays NaN. */
export function fromHalf(halves: Uint16Array): Float32Array {
  const out = new Float32Array(halves.length)
  const outBits = new Uint32Array(out.buffer)
  for (let i = 0; i < halves.length; i++) {
    const h = halves[i]
    const exponent = (h >>> 10) & 31
    const mantissa = h & 0x3ff
    if (exponent === 0) {
      const subnormal = mantissa * 2 ** -24
      out[i] = h & 0x8000 ? -subnormal : subnormal
    } else {
      const widened = exponent === 31 ? 255 : exponent + 112
      outBits[i] = ((h & 0x8000) << 16) | (widened << 23) | (mantissa << 13)
    }
  }
  return out
}

/** Narrows float32 to halves, to nearest, ties to even. From 65,520 on the result is infinite; NaN stays NaN. */
export function toHalf(values: Float32Array): Uint16Array {
  const out = new Uint16Array(values.length)
  for (let i = 0; i < values.length; i++) {
    value[0] = values[i]
    out[i] = ((bits[0] >>> 16) & 0x8000) | magnitude(bits[0] & 0x7fffffff)
  }
  return out
}

/** The half of a non-negative float32, both as bits. */
function magnitude(x: number): number {
  if (x > 0x7f800000) return 0x7e00
  if (x >= 0x47800000) return 0x7c00
  // From 2⁻¹⁴ on: drop 13 bits of the mantissa. A carry out of the mantissa increments the exponent, as it should.
  if (x >= 0x38800000) return (x - 0x38000000 + 0xfff + ((x >>> 13) & 1)) >>> 13
  bits[0] = x
  const units = value[0] * 2 ** 24
  const down = Math.floor(units)
  const rest = units - down
  return rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down
}

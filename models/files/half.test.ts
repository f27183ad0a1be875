import { describe, expect, test } from 'vitest'
import { fromHalf, toHalf } from './half.ts'

// The JavaScript engine's own binary16 (ES2025) is the independent reference.
const view = new DataView(new ArrayBuffer(2)) as DataView & {
  getFloat16(offset: number): number
  setFloat16(offset: number, value: number): void
}
function engineWidens(half: number): number {
  view.setUint16(0, half)
  return view.getFloat16(0)
}
function engineNarrows(x: number): number {
  view.setFloat16(0, x)
  return view.getUint16(0)
}

const every = Uint16Array.from({ length: 65536 }, (_, i) => i)

describe('fromHalf', () => {
  test('fromHalf reads all 65,536 halves as ONNX Runtime does', () => {
    const mine = fromHalf(every)
    const wrong = every.filter(h => !Object.is(mine[h], engineWidens(h)))
    expect([...wrong]).toEqual([])
  })
})

describe('toHalf', () => {
  test('toHalf inverts fromHalf for every half that is a number', () => {
    const back = toHalf(fromHalf(every))
    const wrong = every.filter(h => back[h] !== h && !Number.isNaN(engineWidens(h)))
    expect([...wrong]).toEqual([])
  })

  test('toHalf rounds midpoints between neighbouring halves, and their neighbours, as ONNX Runtime does', () => {
    const probes: number[] = [65519.99, 65520, 65536, 1e30, Infinity, -Infinity, 1e-9, -1e-9, 2 ** -25, -0]
    for (let h = 0; h < 0x7c00; h++) {
      const middle = (engineWidens(h) + (h === 0x7bff ? 65536 : engineWidens(h + 1))) / 2
      probes.push(middle, -middle, Math.fround(middle * (1 + 2 ** -23)), Math.fround(middle * (1 - 2 ** -23)))
    }
    const values = Float32Array.from(probes)
    const mine = toHalf(values)
    const wrong = [...values].filter((x, i) => mine[i] !== engineNarrows(x))
    expect(wrong).toEqual([])
  })

  test('toHalf keeps NaN a NaN', () => {
    expect(fromHalf(toHalf(Float32Array.of(NaN)))[0]).toBeNaN()
  })
})

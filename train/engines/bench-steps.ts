import { createRng, normals } from '../../models/random.ts'
import { adamScalars } from '../step/adam.ts'
import type { Steps } from '../step/engine.ts'

/** Training steps for measuring speed, at a constant rate of 0.001 and with beta = 1. */
export function benchSteps(pixels: Uint8Array, count: number, batch: number, latentDim: number): Steps {
  const rates = Array.from({ length: count }, (_, i) => adamScalars(1e-3, i + 1))
  return {
    count,
    batch,
    pixels,
    y: null,
    eps: normals(createRng(1), new Float32Array(count * batch * latentDim)),
    beta: new Float32Array(count).fill(1),
    rate: Float32Array.from(rates, r => r.rate),
    epsilon: Float32Array.from(rates, r => r.epsilon),
  }
}

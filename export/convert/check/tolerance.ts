import type { Precision } from '../graph/precision.ts'

/**
 * Largest difference from TF.js, relative to the largest output, that a checked file may have by default. With fp32 it
 * is float32's own: the order of sums alone makes up to 2e-4 on noise, in a public model that takes logarithms.
 */
export const TOLERANCE: Readonly<Record<Precision, number>> = { fp32: 1e-3, fp16: 1e-2, int8: 1e-1 }

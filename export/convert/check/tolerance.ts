import type { Precision } from '../graph/precision.ts'

/**
 * Largest difference from TF.js, relative to the largest output, that a checked file may have by default. Public models
 * in fp32 stay below 2e-5 as a rule; where rounding alone makes more, it is measured (`allowRounding`).
 */
export const TOLERANCE: Readonly<Record<Precision, number>> = { fp32: 1e-4, fp16: 1e-2, int8: 1e-1 }

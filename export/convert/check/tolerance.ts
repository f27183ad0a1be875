import type { Precision } from '../graph/precision.ts'

/**
 * Largest difference from TF.js, relative to the largest output, that a checked file may have by default. Of 55 public
 * models in fp32 most stay below 2e-5 on noise, and all but three below 2e-4; where rounding alone makes more, it is
 * measured (`allowRounding`).
 */
export const TOLERANCE: Readonly<Record<Precision, number>> = { fp32: 3e-4, fp16: 1e-2, int8: 1e-1 }

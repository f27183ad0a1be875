import type { Precision } from '../graph/precision.ts'

/**
 * Default of the largest difference from TF.js, relative to the largest output, that a checked file may have. Most of
 * 55 public models in fp32 stay below 2e-5 on noise, and all but three below 2e-4. For models in which rounding alone has
 * a larger effect, that effect is measured (`allowRounding`).
 */
export const TOLERANCE: Readonly<Record<Precision, number>> = { fp32: 3e-4, fp16: 1e-2, int8: 1e-1 }

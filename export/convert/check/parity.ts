import type { Converted } from '../to-onnx/convert-options.ts'
import type { Numbers } from './numbers.ts'
import { fittingRuntimes, type Runtimes } from './runtimes.ts'

/** The largest difference between a runtime's outputs and those of TF.js, over all outputs and elements. */
export interface Difference {
  runtime: string
  /** Largest |actual − expected|; infinite if only one of the two is a finite number. */
  maxAbs: number
  /** Largest of `byOutput`. */
  maxRel: number
  /** By output, its largest |actual − expected| divided by its largest |expected|. */
  byOutput: readonly number[]
  /**
   * Relative change of TF.js's own outputs when its inputs change by one rounding, the largest of all outputs; present
   * if it explains a difference above the tolerance.
   */
  rounding?: number
}

/** Outputs that are too far from TF.js's. */
export class ParityError extends Error {
  override name = 'ParityError'
  readonly differences: readonly Difference[]
  constructor(message: string, differences: readonly Difference[]) {
    super(message)
    this.differences = differences
  }
}

/** Differences of the outputs of each runtime that can run the file from the expected ones. */
export async function compareRuntimes(
  converted: Converted,
  inputs: readonly Numbers[],
  expected: readonly Numbers[],
  runtimes: Runtimes,
): Promise<Difference[]> {
  const differences: Difference[] = []
  for (const [runtime, load] of Object.entries(fittingRuntimes(runtimes, converted))) {
    const loaded = await load(converted)
    differences.push({ runtime, ...compare(await loaded.run(inputs), expected, converted.bounded) })
    await loaded.close()
  }
  return differences
}

/** Factor on the effect of one rounding of the inputs that a difference may have: each layer rounds, too. */
const ROUNDINGS = 4

/**
 * Checks the differences of all runtimes.
 *
 * @param tolerance the largest difference of an output to accept, relative to its largest number
 * @param negligible a `maxAbs` that is accepted whatever `maxRel` is: sums of numbers about 1 may cancel to less than
 *   float32 resolves
 * @param rounding for each output, how much one rounding of the inputs changes TF.js's own; differences of that size
 *   are accepted
 * @throws ParityError naming each runtime that exceeds it
 */
export function requireParity(
  differences: readonly Difference[],
  tolerance: number,
  negligible = 0,
  rounding: readonly number[] = [],
): void {
  const far = differences.filter(
    ({ byOutput, maxAbs }) =>
      maxAbs > negligible &&
      !byOutput.every((rel, i) => rel <= Math.max(tolerance, ROUNDINGS * (rounding[i] ?? 0))),
  )
  if (far.length === 0) return
  const each = far.map(
    d => `${d.runtime} by ${d.maxRel.toPrecision(3)} (absolute ${d.maxAbs.toPrecision(3)})`,
  )
  throw new ParityError(
    `expected outputs within ${tolerance} of TF.js relative to the largest, got ${each.join(', ')}`,
    differences,
  )
}

/** Rounding error of a sigmoid, or another function bounded by 1, that runtimes may show. */
const ROUNDING = 1e-6

/**
 * Largest absolute and relative difference over all outputs.
 *
 * @param bounded for each output, whether its scale is 1 whatever its values are
 */
export function compare(
  actual: readonly Numbers[],
  expected: readonly Numbers[],
  bounded: readonly boolean[] = [],
): Pick<Difference, 'maxAbs' | 'maxRel' | 'byOutput'> {
  let maxAbs = 0
  const byOutput: number[] = []
  for (const [i, { dims, data }] of expected.entries()) {
    if (actual[i].dims.join() !== dims.join()) {
      throw new ParityError(`output ${i}: expected shape [${dims}] as in TF.js, got [${actual[i].dims}]`, [])
    }
    let peak = 0
    let worst = 0
    for (let k = 0; k < data.length; k++) {
      const [a, e] = [Number(actual[i].data[k]), Number(data[k])]
      if (Number.isFinite(e)) peak = Math.max(peak, Math.abs(e))
      if (!Object.is(a, e) && a !== e)
        worst = Math.max(worst, Number.isFinite(a - e) ? Math.abs(a - e) : Infinity)
    }
    maxAbs = Math.max(maxAbs, worst)
    byOutput.push(worst > (bounded[i] ? ROUNDING : 0) ? worst / peak : 0)
  }
  return { maxAbs, maxRel: Math.max(0, ...byOutput), byOutput }
}

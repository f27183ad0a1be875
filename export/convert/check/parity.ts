import type { Converted } from '../to-onnx/convert-options.ts'
import type { Numbers } from './numbers.ts'
import { fittingRuntimes, type Runtimes } from './runtimes.ts'

/** The largest difference between a runtime's outputs and those of TF.js, over all outputs and elements. */
export interface Difference {
  runtime: string
  /** Largest |actual − expected|; infinite where only one of both is a number. */
  maxAbs: number
  /** Largest of `byOutput`. */
  maxRel: number
  /** By output, its largest |actual − expected| divided by its largest |expected|. */
  byOutput: readonly number[]
  /**
   * Largest over outputs of how much TF.js's own change when its inputs change by a rounding, where that explains
   * differences above the tolerance.
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

/** A difference may be as many times what one rounding of the inputs makes: each layer rounds, too. */
const ROUNDINGS = 4

/**
 * @param tolerance the largest difference of an output to accept, relative to its largest number
 * @param negligible a `maxAbs` that is accepted whatever `maxRel` is, for inputs about 1 in size whose outputs may
 *   cancel to less than float32 can tell
 * @param rounding by output, what one rounding of the inputs changes in TF.js's own; differences of that size are
 *   accepted
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

/** What runtimes round off a sigmoid or the like, whose scale is 1. */
const ROUNDING = 1e-6

/**
 * Largest absolute and relative difference over all outputs.
 *
 * @param bounded by output, whether its scale is 1 whatever its values are
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

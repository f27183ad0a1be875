import type { Converted } from '../to-onnx/convert-options.ts'
import type { Numbers } from './numbers.ts'
import { fittingRuntimes, type Runtimes } from './runtimes.ts'

/** How far a runtime's outputs are from those of TF.js, over all outputs and elements. */
export interface Difference {
  runtime: string
  /** Largest |actual − expected|; infinite where only one of both is a number. */
  maxAbs: number
  /** Largest over outputs of: its largest |actual − expected| divided by its largest |expected|. */
  maxRel: number
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

/**
 * @param tolerance the largest `maxRel` to accept
 * @param negligible a `maxAbs` that is accepted whatever `maxRel` is, for inputs about 1 in size whose outputs may
 *   cancel to less than float32 can tell
 * @throws ParityError naming each runtime that exceeds it
 */
export function requireParity(differences: readonly Difference[], tolerance: number, negligible = 0): void {
  const far = differences.filter(({ maxRel, maxAbs }) => !(maxRel <= tolerance || maxAbs <= negligible))
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
): { maxAbs: number; maxRel: number } {
  let maxAbs = 0
  let maxRel = 0
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
    if (worst > (bounded[i] ? ROUNDING : 0)) maxRel = Math.max(maxRel, worst / peak)
  }
  return { maxAbs, maxRel }
}

import type { Model } from './models.ts'

/**
 * Loads a model and runs it once, both ways: its outputs must be of the right size, finite and, where its card has a
 * golden vector, that.
 *
 * @throws Error saying what went wrong
 */
export async function tryModel({ card, decode, encode }: Model): Promise<void> {
  const { golden, prior, architecture } = card
  try {
    const xhat = await decode(Float32Array.from(golden?.z ?? prior.mean))
    compare('xhat', xhat, golden?.xhat, architecture.inputDim, golden?.tolerance)
    const heads = await encode(Float32Array.from(golden?.xhat ?? xhat))
    const mu = heads.mu ?? heads.z
    compare('mu', mu, golden?.mu, architecture.latentDim, golden?.tolerance)
  } catch (error) {
    // A problem's message is for clients; its cause says what happened.
    const { cause, message } = error as Error
    throw new Error(typeof cause === 'string' ? cause : message)
  }
}

function compare(
  name: string,
  values: Float32Array,
  expected: readonly number[] | undefined,
  length: number,
  tolerance = 0,
): void {
  if (values.length !== length) throw new Error(`${name}: expected ${length} numbers, got ${values.length}`)
  if (!values.every(Number.isFinite)) throw new Error(`${name}: expected numbers, got some that are none`)
  const furthest = Math.max(...(expected ?? []).map((value, i) => Math.abs(value - values[i])))
  if (furthest > tolerance) {
    throw new Error(
      `${name}: expected the card’s golden vector to ${tolerance}, got it ${furthest.toPrecision(3)} off`,
    )
  }
}

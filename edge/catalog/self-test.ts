import { oneHot } from '../../models/one-hot.ts'
import type { ModelVersion } from '../../models/registry/version.ts'
import type { Engine } from '../platform.ts'
import { bindModel } from './model.ts'

/**
 * Loads a version and runs its decoder and its encoder once. Outputs must have the right size, be finite, and equal the
 * card's golden vector where it has one. The sessions stay in the cache for the requests that follow.
 *
 * @throws Error naming the first output that is wrong
 */
export async function selfTest({ card, files }: ModelVersion, engine: Engine): Promise<void> {
  const { golden, prior, architecture } = card
  const { decode, encode } = bindModel(card, engine, async file => files[file])
  const { classes = 0 } = architecture
  const y = golden?.y ?? Array.from(oneHot([0], classes))
  const xhat = await decode(Float32Array.from([...(golden?.z ?? prior.mean), ...y]))
  compare('xhat', xhat, golden?.xhat, architecture.inputDim, golden?.tolerance)
  const x = Float32Array.from(golden?.xhat ?? xhat)
  const heads = await encode(x, classes > 0 ? Float32Array.from(y) : undefined)
  const mu = heads.mu ?? heads.z
  compare('mu', mu, golden?.mu, architecture.latentDim, golden?.tolerance)
}

function compare(
  name: string,
  values: Float32Array,
  expected: readonly number[] | undefined,
  length: number,
  tolerance = 0,
): void {
  if (values.length !== length) throw new Error(`${name}: expected ${length} numbers, got ${values.length}`)
  if (!values.every(Number.isFinite)) throw new Error(`${name}: expected finite numbers`)
  const furthest = Math.max(...(expected ?? []).map((value, i) => Math.abs(value - values[i])))
  if (furthest > tolerance) {
    throw new Error(
      `${name}: expected the card’s golden vector to ${tolerance}, got a difference of ${furthest.toPrecision(3)}`,
    )
  }
}

import type { Network } from '../catalog/catalog.ts'
import type { Engine, Outputs } from './engine.ts'
import { goldenOf, largestDifference } from './golden.ts'

/**
 * Runs a network on an engine other than the plain one.
 *
 * @param onTime gets the milliseconds of the run alone
 * @throws Error (rejects) when the engine fails, or its golden vector is wrong
 */
export type CheckedRun = (
  engine: Engine,
  network: Network,
  input: Float32Array,
  batch: number,
  onTime: (milliseconds: number) => void,
) => Promise<Outputs>

/**
 * Creates a function that checks a network's golden vector before its first run on an engine, and keeps the engine's
 * least time between runs.
 */
export function createCheckedRun(): CheckedRun {
  const checked = new WeakMap<Engine, WeakSet<Network>>()
  let nextStart = 0

  async function check(engine: Engine, network: Network): Promise<void> {
    const { input, batch, outputs, tolerance } = goldenOf(network)
    const difference = largestDifference(await engine.run(network, input, batch), outputs)
    if (!(difference <= tolerance)) {
      throw new Error(`its result is off by ${difference.toPrecision(2)}, where ${tolerance} is allowed`)
    }
    const networks = checked.get(engine) ?? new WeakSet()
    checked.set(engine, networks.add(network))
  }

  async function waitForPace({ pace = 0 }: Engine): Promise<void> {
    const now = performance.now()
    const wait = nextStart - now
    nextStart = Math.max(now, nextStart) + pace
    if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait))
  }

  return async (engine, network, input, batch, onTime) => {
    if (!checked.get(engine)?.has(network)) await check(engine, network)
    await waitForPace(engine)
    const from = performance.now()
    const outputs = await engine.run(network, input, batch)
    onTime(performance.now() - from)
    return outputs
  }
}

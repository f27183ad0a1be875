import { standardPrior } from '../../../models/latent/prior.ts'
import { createRng } from '../../../models/random.ts'
import { benchSteps } from '../../engines/bench-steps.ts'
import { openOnnxEngine } from '../../engines/onnx-engine.ts'
import type { Configuration } from '../../step/configuration.ts'
import type { Task } from '../../step/objective.ts'
import { initialState } from '../../step/state.ts'
import { imageCost, type Work } from '../plan/cost.ts'

const BATCH = 100
/** Steps of a call, and calls: about a second on one core of a server. */
const STEPS = 40
const CALLS = 5

/** The two-layer VAE of MNIST. */
const TASK: Task = {
  architecture: { kind: 'vae', inputDim: 784, latentDim: 2, layers: 2, output: 'sigmoid' },
  objective: { reconstruction: 'bce', beta: 1, samples: 1, kl: 'analytic' },
  prior: standardPrior(2),
}

/** This machine's speed: trains the two-layer VAE of MNIST on noise, for about a second on one core. */
export async function measureSpeed(): Promise<Work> {
  const draw = createRng(1)
  const pixels = Uint8Array.from({ length: STEPS * BATCH * 784 }, () => 256 * draw())
  const steps = benchSteps(pixels, STEPS, BATCH, 2)
  const engine = await openOnnxEngine(TASK, initialState({ ...TASK, seed: 1 } as Configuration))
  try {
    // The first call allocates.
    await engine.run(steps)
    const start = performance.now()
    for (let call = 0; call < CALLS; call++) await engine.run(steps)
    const seconds = (performance.now() - start) / 1000
    return { cost: CALLS * STEPS * BATCH * imageCost(TASK), seconds }
  } finally {
    await engine.close()
  }
}

/** Images of the two-layer VAE of MNIST that a worker trains on in a second. */
export function imagesPerSecond({ cost, seconds }: Work): number {
  return cost / seconds / imageCost(TASK)
}

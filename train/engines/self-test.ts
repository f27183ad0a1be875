import { standardPrior } from '../../models/latent/prior.ts'
import { oneHot } from '../../models/one-hot.ts'
import { createRng, normals } from '../../models/random.ts'
import { adamScalars } from '../step/adam.ts'
import type { State, StepLosses, Steps } from '../step/engine.ts'
import type { Task } from '../step/objective.ts'
import { initialState } from '../step/state.ts'
import { type EngineChoice, openEngine } from './open-engine.ts'

/** A model small enough for the slowest device: 12 pixels, 7 hidden units, 2 latent dimensions. */
export const SELF_TEST_TASK: Task = {
  architecture: { kind: 'vae', inputDim: 12, latentDim: 2, layers: 2, output: 'sigmoid' },
  objective: { reconstruction: 'bce', beta: 1, samples: 1, kl: 'analytic' },
  prior: standardPrior(2),
}

/** Tasks that together use every operator of a training step. */
export const SELF_TEST_TASKS: readonly Task[] = [
  SELF_TEST_TASK,
  {
    architecture: { ...SELF_TEST_TASK.architecture, output: 'relu' },
    objective: { reconstruction: 'l1', beta: 1, samples: 3, kl: 'monteCarlo' },
    prior: SELF_TEST_TASK.prior,
  },
  {
    architecture: { ...SELF_TEST_TASK.architecture, layers: 3, widths: [9, 5], classes: 3 },
    objective: { ...SELF_TEST_TASK.objective, samples: 3, bound: 'iwae' },
    prior: SELF_TEST_TASK.prior,
  },
]

/** Learning rate of the self-test. */
export const SELF_TEST_RATE = 0.01

/** Steps on random images with a constant learning rate, SELF_TEST_RATE. */
export function selfTestSteps(
  { architecture, objective }: Task,
  count: number,
  batch: number,
  seed = 1,
): Steps {
  const { inputDim, latentDim, kind, classes } = architecture
  const uniform = createRng(seed, 'self-test')
  const adam = Array.from({ length: count }, (_, i) => adamScalars(SELF_TEST_RATE, i + 1))
  const draws = count * objective.samples * batch * latentDim
  return {
    count,
    batch,
    pixels: Uint8Array.from({ length: count * batch * inputDim }, () => Math.floor(256 * uniform())),
    y: classes
      ? oneHot(
          Array.from({ length: count * batch }, (_, i) => i % classes),
          classes,
        )
      : null,
    eps: kind === 'vae' ? normals(uniform, new Float32Array(draws)) : null,
    beta: new Float32Array(count).fill(objective.beta),
    rate: Float32Array.from(adam, ({ rate }) => rate),
    epsilon: Float32Array.from(adam, ({ epsilon }) => epsilon),
  }
}

/** The losses of a sequence of steps and the state after them. */
export interface Outcome {
  device: string
  losses: StepLosses
  state: State
}

/** Opens an engine at the initial state of seed 1, takes the steps and closes it. */
export async function runSelfTest(task: Task, choice: EngineChoice, steps: Steps): Promise<Outcome> {
  const engine = await openEngine({ ...task, ...choice }, initialState({ ...task, seed: 1 }))
  try {
    const losses = await engine.run(steps)
    return { device: engine.device, losses, state: await engine.read() }
  } finally {
    await engine.close()
  }
}

/** The largest difference between two outcomes, relative to the largest absolute value of its tensor. */
export function largestDifference(a: Outcome, b: Outcome): number {
  const pairs = [
    [a.losses.loss, b.losses.loss],
    ...Object.keys(b.state).map(name => [a.state[name], b.state[name]]),
  ]
  return Math.max(
    ...pairs.map(([left, right]) => {
      const scale = Math.max(...right.map(Math.abs), Number.MIN_VALUE)
      return Math.max(...left.map((value, i) => Math.abs(value - right[i]))) / scale
    }),
  )
}

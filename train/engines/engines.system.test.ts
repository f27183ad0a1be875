import * as tf from '@tensorflow/tfjs'
import { describe, expect, test } from 'vitest'
import { tryEngine } from '../doctor/doctor.ts'
import type { State, Steps } from '../step/engine.ts'
import type { Task } from '../step/objective.ts'
import { parameterShapes } from '../step/parameters.ts'
import { initialState } from '../step/state.ts'
import { type EngineChoice, openEngine } from './open-engine.ts'
import { runSelfTest, SELF_TEST_RATE, SELF_TEST_TASK, selfTestSteps } from './self-test.ts'
import { tensorObjective } from './tfjs-objective.ts'

const ONNX = { engine: 'onnx', device: 'cpu', threads: 1 } as const
const TFJS = { ...ONNX, engine: 'tfjs' } as const

interface Variation {
  kind?: 'ae' | 'vae'
  layers?: number
  widths?: number[]
  classes?: number
  output?: Task['architecture']['output']
  objective?: Partial<Task['objective']>
  prior?: Task['prior']
}

function vary({ kind = 'vae', layers = 2, output = 'sigmoid', objective, prior, ...own }: Variation): Task {
  return {
    architecture: { ...SELF_TEST_TASK.architecture, kind, layers, output, ...own },
    objective: { ...SELF_TEST_TASK.objective, ...(kind === 'ae' && { beta: 0 }), ...objective },
    prior: prior ?? SELF_TEST_TASK.prior,
  }
}

const shifted = { mean: [5, 10], variance: [3, 0.5] }

describe('20 steps of the two engines from the same start agree to 1e-4', () => {
  test.each<[string, Variation]>([
    ['AE, bce', { kind: 'ae' }],
    ['AE, mse', { kind: 'ae', objective: { reconstruction: 'mse' } }],
    ['AE, l1, relu output', { kind: 'ae', output: 'relu', objective: { reconstruction: 'l1' } }],
    ['VAE, bce', {}],
    ['VAE, bce, 1 layer', { layers: 1 }],
    ['VAE, bce, 4 layers', { layers: 4 }],
    ['VAE, mse, identity output', { output: 'identity', objective: { reconstruction: 'mse' } }],
    ['VAE, mse, relu output', { output: 'relu', objective: { reconstruction: 'mse' } }],
    ['VAE, l1', { objective: { reconstruction: 'l1' } }],
    ['VAE, shifted prior', { prior: shifted }],
    ['VAE, beta 10', { objective: { beta: 10 } }],
    ['VAE, beta 0', { objective: { beta: 0 } }],
    ['VAE, L = 3', { objective: { samples: 3 } }],
    [
      'VAE, conditional, own widths, L = 2',
      { layers: 3, widths: [9, 5], classes: 3, objective: { samples: 2 } },
    ],
    ['AE, conditional', { kind: 'ae', classes: 4 }],
    ['VAE, IWAE of 4', { objective: { bound: 'iwae', samples: 4 }, prior: shifted }],
    ['VAE, conditional, IWAE of 3', { classes: 2, objective: { bound: 'iwae', samples: 3 } }],
    ['VAE, Monte Carlo KL', { objective: { kl: 'monteCarlo' } }],
    [
      'VAE, Monte Carlo KL, L = 3, beta 10, shifted prior, mse',
      { prior: shifted, objective: { kl: 'monteCarlo', samples: 3, beta: 10, reconstruction: 'mse' } },
    ],
  ])('both engines give the same losses and state for %s', async (_, variation) => {
    const task = vary(variation)
    const steps = selfTestSteps(task, 20, 5)
    const { losses: ours, state: left } = await runSelfTest(task, ONNX, steps)
    const { losses: theirs, state: right } = await runSelfTest(task, TFJS, steps)
    for (const name of ['loss', 'reconstruction', 'kl'] as const) {
      for (const [i, value] of theirs[name].entries()) {
        const difference = Math.abs(ours[name][i] - value)
        expect(difference, `${name} of step ${i + 1}`).toBeLessThanOrEqual(1e-4 * Math.abs(value))
      }
    }
    expect(new Set(ours.loss).size).toBe(20)
    expect(Object.keys(right).sort()).toEqual(Object.keys(left).sort())
    for (const [name, tensor] of Object.entries(left)) {
      const scale = Math.max(...tensor.map(Math.abs))
      const differences = tensor.map((value, i) => Math.abs(right[name][i] - value))
      expect(Math.max(...differences), name).toBeLessThanOrEqual(1e-3 * scale)
    }
  })
})

test('20 steps of the onnx engine equal those of TF.js’s own Adam', async () => {
  const steps = selfTestSteps(SELF_TEST_TASK, 20, 5)
  const { losses } = await runSelfTest(SELF_TEST_TASK, ONNX, steps)
  const initial = initialState({ ...SELF_TEST_TASK, seed: 1 })
  const weights = Object.fromEntries(
    parameterShapes(SELF_TEST_TASK.architecture).map(({ name, shape }) => [
      name,
      tf.variable(tf.tensor(initial[name], shape)),
    ]),
  )
  const adam = tf.train.adam(SELF_TEST_RATE, 0.9, 0.999, 1e-8)
  const { batch, pixels, eps } = steps
  const x = tf.div<tf.Tensor3D>(tf.tensor3d(pixels, [20, batch, 12], 'int32').toFloat(), 255)
  const draws = tf.tensor4d(eps!, [20, 1, batch, 2])
  for (const [i, loss] of losses.loss.entries()) {
    const batchOf = {
      x: x.gather(i).as2D(batch, 12),
      eps: draws.gather(i).as3D(1, batch, 2),
      y: null,
      beta: 1,
    }
    const theirs = adam.minimize(() => tensorObjective(SELF_TEST_TASK, weights, batchOf).loss, true)!
    expect(Math.abs(loss / theirs.dataSync()[0] - 1), `step ${i + 1}`).toBeLessThan(1e-4)
  }
})

describe.each<[string, EngineChoice]>([
  ['onnx on one CPU thread', ONNX],
  ['tfjs in plain JavaScript', TFJS],
])('the engine %s gives the same bits', (_, choice) => {
  const task = vary({ objective: { samples: 2 } })
  const steps = selfTestSteps(task, 12, 5)

  test('the bits are the same on a second run, and for any division of the steps into runs', async () => {
    const once = await follow(task, choice, [steps])
    expect(await follow(task, choice, [steps])).toEqual(once)
    expect(await follow(task, choice, cut(task, steps, [1, 4, 7]))).toEqual(once)
  })

  test('the bits are the same when another engine takes over the state', async () => {
    const [before, after] = cut(task, steps, [5, 7])
    const first = await openEngine({ ...task, ...choice }, initialState({ ...task, seed: 1 }))
    await first.run(before)
    const state = await first.read()
    await first.close()
    const second = await openEngine({ ...task, ...choice }, state)
    await second.run(after)
    expect(await second.read()).toEqual((await follow(task, choice, [steps])).state)
    await second.close()
  })
})

test('an engine changes neither the state it was opened with nor a copy it returned', async () => {
  const given = initialState({ ...SELF_TEST_TASK, seed: 1 })
  for (const choice of [ONNX, TFJS]) {
    const engine = await openEngine({ ...SELF_TEST_TASK, ...choice }, given)
    const before = await engine.read()
    await engine.run(selfTestSteps(SELF_TEST_TASK, 2, 5))
    expect(before).toEqual(initialState({ ...SELF_TEST_TASK, seed: 1 }))
    await engine.close()
  }
  expect(given).toEqual(initialState({ ...SELF_TEST_TASK, seed: 1 }))
})

test('the tfjs engine disposes of every tensor', async () => {
  const task = vary({ objective: { samples: 3, kl: 'monteCarlo' } })
  const before = tf.memory().numTensors
  const engine = await openEngine({ ...task, ...TFJS }, initialState({ ...task, seed: 1 }))
  const opened = tf.memory().numTensors
  await engine.run(selfTestSteps(task, 3, 5))
  await engine.read()
  expect(tf.memory().numTensors).toBe(opened)
  await engine.close()
  expect(tf.memory().numTensors).toBe(before)
})

describe('devices', () => {
  test('device webgpu without an adapter is unavailable, with advice', async () => {
    const env = { ...process.env, VK_DRIVER_FILES: '/nowhere.json', LD_LIBRARY_PATH: '' }
    const result = await tryEngine({ engine: 'onnx', device: 'webgpu' }, env)
    expect(result).toMatchObject({
      works: false,
      why: 'expected a graphics adapter with Vulkan, found none',
      advice: expect.stringContaining('install its driver'),
    })
  })

  test('device cuda without its libraries names them and how to get them', async () => {
    const [onnx, tfjs] = await Promise.all(
      (['onnx', 'tfjs'] as const).map(engine => tryEngine({ engine, device: 'cuda' })),
    )
    expect(onnx).toMatchObject({
      works: false,
      why: expect.stringMatching(
        /^expected libonnxruntime_providers_cuda\.so in onnxruntime-node, found none/,
      ),
      command: 'ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install',
    })
    expect(tfjs).toMatchObject({
      works: false,
      why: 'expected the package @tensorflow/tfjs-node-gpu, found none',
      command: 'npm install --no-save -P @tensorflow/tfjs-node-gpu@4.22.0',
    })
  })

  test('the tfjs engine refuses device webgpu', async () => {
    const opening = openEngine({ ...SELF_TEST_TASK, engine: 'tfjs', device: 'webgpu', threads: 1 }, {})
    await expect(opening).rejects.toThrow('engine tfjs: expected device cpu or cuda, got webgpu')
  })
})

/** The losses of all steps and the state after the last. */
async function follow(
  task: Task,
  choice: EngineChoice,
  runs: Steps[],
): Promise<{ losses: number[]; state: State }> {
  const engine = await openEngine({ ...task, ...choice }, initialState({ ...task, seed: 1 }))
  const losses: number[] = []
  for (const steps of runs) losses.push(...(await engine.run(steps)).loss)
  const state = await engine.read()
  await engine.close()
  return { losses, state }
}

/** The same steps in runs of the given lengths. */
function cut({ architecture, objective }: Task, steps: Steps, lengths: number[]): Steps[] {
  let from = 0
  return lengths.map(count => {
    const part = <T extends Uint8Array | Float32Array>(values: T, each: number) =>
      values.slice(from * each, (from + count) * each) as T
    const run = {
      count,
      batch: steps.batch,
      pixels: part(steps.pixels, steps.batch * architecture.inputDim),
      y: steps.y && part(steps.y, steps.batch * (architecture.classes ?? 0)),
      eps: steps.eps && part(steps.eps, objective.samples * steps.batch * architecture.latentDim),
      beta: part(steps.beta, 1),
      rate: part(steps.rate, 1),
      epsilon: part(steps.epsilon, 1),
    }
    from += count
    return run
  })
}

import * as ort from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { encodeModel, type Value } from '../../models/onnx/encode-model.ts'
import { centralDifferences } from '../../test/support/central-differences.ts'
import { plainObjective, splitParameters } from '../../test/support/plain-objective.ts'
import { SELF_TEST_TASK, selfTestSteps } from '../engines/self-test.ts'
import { emit } from './expressions/emit.ts'
import * as e from './expressions/expression.ts'
import { gradients } from './expressions/gradient.ts'
import { type SymbolicBatch, symbolicObjective, type Task } from './objective.ts'
import { initialParameters, parameterShapes } from './parameters.ts'

const BATCH = 4

const shifted = { mean: [2, -1], variance: [3, 0.5] }
const ae = (
  output: 'sigmoid' | 'relu' | 'identity',
  reconstruction: 'bce' | 'mse' | 'l1',
  layers = 2,
): Task => ({
  ...SELF_TEST_TASK,
  architecture: { ...SELF_TEST_TASK.architecture, kind: 'ae', output, layers },
  objective: { ...SELF_TEST_TASK.objective, reconstruction, beta: 0 },
})
const vae = (objective: Partial<Task['objective']>, rest: Partial<Task> = {}): Task => ({
  ...SELF_TEST_TASK,
  ...rest,
  objective: { ...SELF_TEST_TASK.objective, ...objective },
})

const conditional = { ...SELF_TEST_TASK.architecture, layers: 3, widths: [9, 5], classes: 3 }

const tasks: Record<string, Task> = {
  'AE, bce': ae('sigmoid', 'bce'),
  'AE, bce, 1 layer': ae('sigmoid', 'bce', 1),
  'AE, bce, 8 layers': ae('sigmoid', 'bce', 8),
  'AE, mse': ae('sigmoid', 'mse'),
  'AE, l1': ae('sigmoid', 'l1'),
  'AE, mse, relu': ae('relu', 'mse'),
  'AE, l1, identity': ae('identity', 'l1'),
  'VAE, bce': vae({}),
  'VAE, mse': vae({ reconstruction: 'mse' }),
  'VAE, l1': vae({ reconstruction: 'l1' }),
  'VAE, mse, identity': vae(
    { reconstruction: 'mse' },
    { architecture: { ...SELF_TEST_TASK.architecture, output: 'identity' } },
  ),
  'VAE, 1 layer': vae({}, { architecture: { ...SELF_TEST_TASK.architecture, layers: 1 } }),
  'VAE, 4 layers': vae({}, { architecture: { ...SELF_TEST_TASK.architecture, layers: 4 } }),
  'VAE, shifted prior': vae({}, { prior: shifted }),
  'VAE, beta 10': vae({ beta: 10 }),
  'VAE, L = 3': vae({ samples: 3 }),
  'VAE, IWAE of 1': vae({ bound: 'iwae' }),
  'VAE, IWAE of 4': vae({ bound: 'iwae', samples: 4 }),
  'VAE, IWAE of 4, shifted prior, beta 0.5': vae(
    { bound: 'iwae', samples: 4, beta: 0.5 },
    { prior: shifted },
  ),
  'AE, conditional': {
    ...ae('sigmoid', 'bce'),
    architecture: { ...ae('sigmoid', 'bce').architecture, classes: 3 },
  },
  'VAE, conditional, own widths': vae({}, { architecture: conditional }),
  'VAE, conditional, own widths, L = 3': vae({ samples: 3 }, { architecture: conditional }),
  'VAE, conditional, own widths, IWAE of 3': vae(
    { bound: 'iwae', samples: 3 },
    { architecture: conditional },
  ),
  'VAE, Monte Carlo KL': vae({ kl: 'monteCarlo' }),
  'VAE, Monte Carlo KL, L = 3': vae({ kl: 'monteCarlo', samples: 3 }),
  'VAE, Monte Carlo KL, L = 3, shifted prior, beta 10': vae(
    { kl: 'monteCarlo', samples: 3, beta: 10 },
    { prior: shifted },
  ),
}

describe('value and gradients of the objective, against its definition in float64 and central differences', () => {
  test.each(Object.entries(tasks))(
    'the objective of %s equals its float64 definition, and its gradients central differences',
    async (_, task) => {
      const { actual, batch, parameters } = await compute(task)
      const expected = plainObjective(task, batch, parameters)
      for (const name of ['loss', 'reconstruction', 'kl'] as const) {
        expect(Math.abs(actual[name] - expected[name]), name).toBeLessThan(1e-6 * Math.max(1, expected[name]))
      }
      const numeric = splitParameters(
        task,
        centralDifferences(p => plainObjective(task, batch, p).loss, parameters),
      )
      for (const { name } of parameterShapes(task.architecture)) {
        const scale = Math.max(...numeric[name].map(Math.abs))
        expect(scale, name).toBeGreaterThan(0)
        for (const [i, value] of numeric[name].entries()) {
          expect(Math.abs(actual.gradients[name][i] - value), `${name}[${i}]`).toBeLessThan(1e-5 * scale)
        }
      }
    },
  )
})

test('bce of an output without sigmoid is refused', () => {
  expect(() => graph(ae('relu', 'bce'))).toThrow('bce needs probabilities, expected output sigmoid, got relu')
})

/** The objective's graph, its gradients named after the parameters. */
function graph(task: Task) {
  const { inputDim, latentDim, kind, classes } = task.architecture
  const { samples, beta } = task.objective
  const leaves = Object.fromEntries(
    parameterShapes(task.architecture).map(({ name, shape }) => [name, e.leaf(name, shape)]),
  )
  const batch: SymbolicBatch = {
    x: e.leaf('x', ['batch', inputDim]),
    y: classes ? e.leaf('y', ['batch', classes]) : null,
    eps:
      kind === 'vae'
        ? e.leaf('eps', samples > 1 ? [samples, 'batch', latentDim] : ['batch', latentDim])
        : null,
    perImage: e.constant(1 / BATCH),
    beta: e.constant(beta),
  }
  const objective = symbolicObjective(task, leaves, batch)
  const derivatives = gradients(objective.loss, Object.values(leaves))
  return {
    ...objective,
    ...Object.fromEntries(Object.keys(leaves).map((name, i) => [`d/${name}`, derivatives[i]])),
  }
}

async function compute(task: Task) {
  const { inputDim, latentDim, kind, classes } = task.architecture
  const { samples } = task.objective
  const { pixels, y, eps } = selfTestSteps(task, 1, BATCH, 3)
  const initial = initialParameters(task.architecture, 3, task.prior)
  // Biases start at 0, where a ReLU's input can be 0 too, and there is no derivative.
  for (const tensor of Object.values(initial))
    tensor.forEach((value, i) => {
      tensor[i] = value + 0.05 * Math.sin(i + 1)
    })
  const x = Float32Array.from(pixels, byte => byte / 255)
  const outputs = graph(task)
  const values = Object.entries(outputs).map(
    ([name, { shape }]): Value => ({ name, type: 'float', dims: shape }),
  )
  const session = await ort.InferenceSession.create(
    encodeModel({ name: 'objective', outputs: values, ...emit(outputs) }),
  )
  const results = await session.run({
    ...Object.fromEntries(
      parameterShapes(task.architecture).map(({ name, shape }) => [
        name,
        new ort.Tensor(initial[name], shape),
      ]),
    ),
    x: new ort.Tensor(x, [BATCH, inputDim]),
    ...(y && { y: new ort.Tensor(y, [BATCH, classes!]) }),
    ...(eps && {
      eps: new ort.Tensor(
        eps,
        kind === 'vae' && samples > 1 ? [samples, BATCH, latentDim] : [BATCH, latentDim],
      ),
    }),
  })
  await session.release()
  const data = (name: string) => results[name].data as Float32Array
  const row = (from: Float32Array, i: number, width: number) =>
    Array.from(from.subarray(i * width, (i + 1) * width))
  const images = Array.from({ length: BATCH }, (_, i) => i)
  return {
    actual: {
      loss: data('loss')[0],
      reconstruction: data('reconstruction')[0],
      kl: data('kl')[0],
      gradients: Object.fromEntries(Object.keys(initial).map(name => [name, data(`d/${name}`)])),
    },
    batch: {
      x: images.map(i => row(x, i, inputDim)),
      y: images.map(i => (y ? row(y, i, classes!) : [])),
      eps: eps
        ? Array.from({ length: samples }, (_, l) => images.map(i => row(eps, l * BATCH + i, latentDim)))
        : [],
    },
    parameters: Float64Array.from(
      parameterShapes(task.architecture).flatMap(({ name }) => Array.from(initial[name])),
    ),
  }
}

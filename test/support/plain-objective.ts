import type { Task } from '../../train/step/objective.ts'
import { parameterShapes } from '../../train/step/parameters.ts'

/** A batch for the objective in plain float64 arithmetic. */
export interface PlainBatch {
  /** Images in [0, 1], one a row. */
  x: number[][]
  /** Class probabilities, one row for each image; empty rows where the model is not conditional. */
  y: number[][]
  /** eps[l][i]: the l-th draw for image i. */
  eps: number[][][]
}

/**
 * The objective by its definition, a loop over images and draws in float64. The graph is compared with it.
 * `parameters` are all tensors of `parameterShapes`, one after the other.
 */
export function plainObjective(task: Task, { x, y, eps }: PlainBatch, parameters: Float64Array) {
  const { kind, layers, output } = task.architecture
  const tensors = splitParameters(task, parameters)
  const layer = (name: string, input: number[]) => {
    const [kernel, bias] = [tensors[`${name}/kernel`], tensors[`${name}/bias`]]
    return Array.from(bias, (b, j) =>
      input.reduce((sum, value, i) => sum + value * kernel[i * bias.length + j], b),
    )
  }
  const relu = (values: number[]) => values.map(value => Math.max(value, 0))
  let reconstruction = 0
  let kl = 0
  let bound = 0
  x.forEach((image, i) => {
    let h = [...image, ...y[i]]
    for (let n = 1; n < layers; n++) h = relu(layer(`encoder_${n}`, h))
    const mu = layer(kind === 'vae' ? 'mu' : 'z', h)
    const logvar = kind === 'vae' ? layer('logvar', h) : []
    const draws =
      kind === 'vae' ? eps.map(draw => mu.map((m, k) => m + Math.exp(logvar[k] / 2) * draw[i][k])) : [mu]
    const logWeights = draws.map(z => {
      let g = [...z, ...y[i]]
      for (let n = 1; n < layers; n++) g = relu(layer(`decoder_${n}`, g))
      const last = layer(`decoder_${layers}`, g).map(OUTPUTS[output])
      const error = last.reduce((sum, p, j) => sum + ERRORS[task.objective.reconstruction](p, image[j]), 0)
      reconstruction += error / draws.length
      if (kind === 'ae') return -error
      const ratio =
        logNormal(z, mu, logvar.map(Math.exp)) - logNormal(z, task.prior.mean, task.prior.variance)
      if (task.objective.kl === 'monteCarlo' || task.objective.bound) kl += ratio / draws.length
      return -error - task.objective.beta * ratio
    })
    bound += Math.log(logWeights.reduce((sum, w) => sum + Math.exp(w), 0) / draws.length)
    if (kind === 'vae' && task.objective.kl === 'analytic' && !task.objective.bound)
      kl += divergence(mu, logvar.map(Math.exp), task.prior)
  })
  reconstruction /= x.length
  kl /= x.length
  if (task.objective.bound === 'iwae') return { loss: -bound / x.length, reconstruction, kl }
  return { loss: reconstruction + task.objective.beta * kl, reconstruction, kl }
}

const OUTPUTS = {
  sigmoid: (l: number) => 1 / (1 + Math.exp(-l)),
  relu: (l: number) => Math.max(l, 0),
  identity: (l: number) => l,
}

const ERRORS = {
  bce: (p: number, x: number) => -x * Math.log(p) - (1 - x) * Math.log(1 - p),
  mse: (p: number, x: number) => (p - x) ** 2,
  l1: (p: number, x: number) => Math.abs(p - x),
}

/** ln N(z; mean, diag(variance)). */
function logNormal(z: number[], mean: number[], variance: number[]): number {
  return z.reduce(
    (sum, value, k) =>
      sum - Math.log(2 * Math.PI * variance[k]) / 2 - (value - mean[k]) ** 2 / (2 * variance[k]),
    0,
  )
}

/** KL of diagonal Gaussians as Eq. 45 has it: (ln |Σ| / |S| − d + tr Σ⁻¹S + (m − µ)ᵀ Σ⁻¹ (m − µ)) / 2. */
function divergence(mu: number[], s: number[], { mean, variance }: Task['prior']): number {
  const logRatio = Math.log(variance.reduce((a, b) => a * b) / s.reduce((a, b) => a * b))
  const trace = s.reduce((sum, value, k) => sum + value / variance[k], 0)
  const distance = mu.reduce((sum, m, k) => sum + (m - mean[k]) ** 2 / variance[k], 0)
  return (logRatio - mu.length + trace + distance) / 2
}

/** The tensors that lie one after the other in `parameters`, by name. */
export function splitParameters(task: Task, parameters: Float64Array): Record<string, Float64Array> {
  let from = 0
  return Object.fromEntries(
    parameterShapes(task.architecture).map(({ name, shape }) => {
      const size = shape.reduce((a, b) => a * b)
      return [name, parameters.subarray(from, (from += size))]
    }),
  )
}

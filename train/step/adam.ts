import * as e from './expressions/expression.ts'

/** Decay rates of Adam's moment estimates and the term that keeps its division finite (Kingma & Ba 2015). */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const

/** One parameter tensor's symbolic state: its value and Adam's running sums. */
export interface AdamState {
  value: e.Expression
  /** Kingma & Ba's m / (1 − beta1). */
  first: e.Expression
  /** Kingma & Ba's v / (1 − beta2). */
  second: e.Expression
}

/** The inputs of one step's update besides the gradient: scalars from `adamScalars`. */
export interface AdamScalars<T> {
  rate: T
  epsilon: T
}

/**
 * Folds learning rate, bias corrections and the scaling of the running sums into the two scalars of step t, so that
 * the update over the parameters takes as few passes over memory as it can:
 *
 * value − α·m̂/(√v̂ + ε) with m̂ = m/(1 − β1ᵗ), v̂ = v/(1 − β2ᵗ) is value − rate·first/(√second + epsilon).
 *
 * @param learningRate α
 * @param t steps so far, this one included; from 1
 */
export function adamScalars(learningRate: number, t: number): AdamScalars<number> {
  const { beta1, beta2, epsilon } = ADAM
  const correction = Math.sqrt((1 - beta2 ** t) / (1 - beta2))
  return { rate: (learningRate * correction * (1 - beta1)) / (1 - beta1 ** t), epsilon: epsilon * correction }
}

/** Adam's update of one tensor, elementwise. */
export function adamUpdate(
  state: AdamState,
  gradient: e.Expression,
  scalars: AdamScalars<e.Expression>,
): AdamState {
  const first = e.add(e.mul(state.first, e.constant(ADAM.beta1)), gradient)
  const second = e.add(e.mul(state.second, e.constant(ADAM.beta2)), e.square(gradient))
  const step = e.mul(e.div(first, e.add(e.sqrt(second), scalars.epsilon)), scalars.rate)
  return { value: e.sub(state.value, step), first, second }
}

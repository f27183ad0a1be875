import type { Architecture } from '../../../models/card.ts'
import { ADAM } from '../../../train/step/adam.ts'
import type { State } from '../../../train/step/engine.ts'
import { parameterShapes } from '../../../train/step/parameters.ts'
import { stateNames } from '../../../train/step/step-graph.ts'

/**
 * The Euclidean norm of a step's gradient over all parameters. Adam's first moment sum after a step is beta1 times the
 * sum before it plus the gradient (see `adamUpdate`).
 *
 * @param before the state before the step
 * @param after the state after the step
 */
export function gradientNorm(architecture: Architecture, before: State, after: State): number {
  let squares = 0
  for (const { name } of parameterShapes(architecture)) {
    const { first } = stateNames(name)
    const [old, now] = [before[first], after[first]]
    for (let i = 0; i < now.length; i++) squares += (now[i] - ADAM.beta1 * old[i]) ** 2
  }
  return Math.sqrt(squares)
}

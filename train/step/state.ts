import { createHash } from 'node:crypto'
import type { Architecture } from '../../models/card.ts'
import type { Configuration } from './configuration.ts'
import type { State } from './engine.ts'
import { initialParameters, type Parameters, parameterShapes } from './parameters.ts'
import { stateNames } from './step-graph.ts'

/** Parameters as drawn for the seed, Adam's sums zero. */
export function initialState({
  architecture,
  prior,
  seed,
}: Pick<Configuration, 'architecture' | 'prior' | 'seed'>): State {
  const parameters = initialParameters(architecture, seed, prior)
  return Object.fromEntries(
    parameterShapes(architecture).flatMap(({ name }) => {
      const { value, first, second } = stateNames(name)
      const zeros = () => new Float32Array(parameters[name].length)
      return [
        [value, parameters[name]],
        [first, zeros()],
        [second, zeros()],
      ] as const
    }),
  )
}

/** SHA-256 over a model's parameters in the order of `parameterShapes`. */
export function weightHash(architecture: Architecture, parameters: Parameters): string {
  const hash = createHash('sha256')
  for (const { name } of parameterShapes(architecture)) hash.update(parameters[name])
  return hash.digest('hex')
}

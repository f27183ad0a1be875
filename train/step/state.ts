import type { Configuration } from './configuration.ts'
import type { State } from './engine.ts'
import { initialParameters, parameterShapes } from './parameters.ts'
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

import { Option } from 'commander'
import { number } from '../../export/command/options.ts'
import { COVARIANCES } from './fit-density.ts'

/** The options of commands that fit a density: `--covariance` and `--spread`. */
export function densityOptions(): [covariance: Option, spread: Option] {
  return [
    new Option(
      '--covariance <kind>',
      'of the mixtures: one for each of up to 20 components, or one for all of up to 300',
    )
      .choices(COVARIANCES)
      .default('full'),
    new Option(
      '--spread <factor>',
      "multiply the density's standard deviations: below 1 for fewer ambiguous samples, less diverse",
    ).argParser(number({ above: 0, max: 1 })),
  ]
}

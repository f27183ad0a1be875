import { Option } from 'commander'
import { integer, number, ZOO_FOLDER } from '../command/options.ts'

/** Parses the share of the traffic that a canary gets, in percent. */
export const percent = number({ above: 0, max: 100 })

/** Parses the percentage by which a metric may be worse. */
export const tolerance = number({ min: 0 })

/** Parses a number of versions to keep. */
export const count = integer({ min: 1 })

/** `--zoo` of commands that promote. */
export function bundledModelsOption(): Option {
  return new Option(
    '--zoo <folder>',
    'models deployed with the Worker, which are served where there is no channel',
  ).default(ZOO_FOLDER)
}

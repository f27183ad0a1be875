import { exitError } from '../command/run-program.ts'

/** Exit codes of `npm run registry`, beside 0 (done) and 1 (failed). */
export const EXIT = {
  /** The command line could not be parsed. */
  usage: 2,
  /** The gate refused a version. */
  gate: 3,
  /** The channel was changed by another process between reading and writing it. */
  conflict: 4,
} as const

/** An error that ends the command with one of `EXIT`. */
export function failure(code: keyof typeof EXIT, message: string): Error {
  return exitError(EXIT[code], message)
}

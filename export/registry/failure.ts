/** Exit codes of the command line, beside 0 and 1. */
export const EXIT = {
  /** The command line was not understood. */
  usage: 2,
  /** The gate refused a version. */
  gate: 3,
  /** Somebody else changed the channel meanwhile. */
  raced: 4,
} as const

/** An error that ends the command line with a code of its own. */
export function failure(code: keyof typeof EXIT, message: string): Error & { exitCode: number } {
  return Object.assign(new Error(message), { exitCode: EXIT[code] })
}

/** The exit code an error asks for. */
export function exitCodeOf(error: unknown): number {
  const { exitCode } = error as { exitCode?: unknown }
  return typeof exitCode === 'number' ? exitCode : 1
}

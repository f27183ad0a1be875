import type { Command } from 'commander'

/** Runs a program on the process's arguments. An error is printed as one line and sets the exit code. */
export async function runProgram(program: Command): Promise<void> {
  try {
    await program.parseAsync()
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}`)
    process.exitCode = exitCodeOf(error)
  }
}

/** An error that ends a command with an exit code of its own. */
export function exitError(exitCode: number, message: string): Error {
  return Object.assign(new Error(message), { exitCode })
}

/** The exit code that an error carries; 1 for any other. */
export function exitCodeOf(error: unknown): number {
  const { exitCode } = error as { exitCode?: unknown }
  return typeof exitCode === 'number' ? exitCode : 1
}

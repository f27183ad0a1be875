/** An engine or device that cannot be used on this machine, with the reason and advice. */
export class UnavailableError extends Error {
  readonly why: string
  readonly advice: string
  /** A command that the advice suggests to run. */
  readonly command: string | undefined

  constructor(what: string, reason: { why: string; advice: string; command?: string; cause?: unknown }) {
    const { why, advice, command, cause } = reason
    super(`${what}: ${why}; ${advice}${command ? `: ${command}` : ''}`, { cause })
    this.name = 'UnavailableError'
    this.why = why
    this.advice = advice
    this.command = command
  }
}

/** Why the element cannot show what it was asked for: the attribute to look at, and a word for programs. */
export interface Refusal {
  attribute: string
  code: Code
  /** What was expected and what came. */
  message: string
}

/** `invalid`: a value of the page's; `unreachable`: no answer; `refused`: the server said no; `broken`: unusable data. */
export type Code = 'invalid' | 'unreachable' | 'refused' | 'broken'

/** An Error that carries a refusal. */
export class Refused extends Error {
  readonly refusal: Refusal

  constructor(attribute: string, code: Code, message: string) {
    super(message)
    this.refusal = { attribute, code, message }
  }
}

/** Makes a Refused of "expected …, got …". */
export function refuse(attribute: string, expected: string, got: string, code: Code = 'invalid'): Refused {
  return new Refused(attribute, code, `expected ${expected}, got ${got}`)
}

/** The refusal behind any thrown value. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refused) return error.refusal
  return {
    attribute: 'model',
    code: 'broken',
    message: error instanceof Error ? error.message : String(error),
  }
}

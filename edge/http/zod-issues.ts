import { type Fault, quote } from './problem.ts'

interface Issue {
  code: string
  path: PropertyKey[]
  message: string
  input?: unknown
  keys?: string[]
}

/** Zod's issues as faults; the schemas' messages say what was expected. */
export function faultsOf(issues: readonly unknown[], place: Fault['in'], values: unknown): Fault[] {
  return (issues as Issue[]).flatMap(issue => {
    if (issue.code === 'unrecognized_keys') {
      return (issue.keys ?? []).map(key => ({
        in: place,
        field: key || '(a parameter without a name)',
        expected: 'no parameter of that name',
        got: quote((values as Record<string, unknown>)[key]),
      }))
    }
    const field = issue.path.join('.') || 'body'
    return [{ in: place, field, expected: issue.message, got: quote(issue.input) }]
  })
}

import type { FieldError, Problem } from './operations.ts'

/** A reply with an error status. */
export class ApiError extends Error {
  readonly status: number
  /** The API's name of the problem, as in "unknown-model"; empty if the reply was no problem+json. */
  readonly code: string
  readonly fields: readonly FieldError[]
  readonly response: Response

  constructor(response: Response, problem: Partial<Problem>) {
    const { status, statusText, url } = response
    super(problem.detail ?? problem.title ?? `${url}: ${status} ${statusText}`.trimEnd())
    this.name = 'ApiError'
    this.status = status
    this.code = problem.code ?? ''
    this.fields = problem.errors ?? []
    this.response = response
  }
}

/** Reads the error of a reply. */
export async function toApiError(response: Response): Promise<ApiError> {
  const isProblem = response.headers.get('content-type')?.includes('problem+json')
  const problem = isProblem ? await response.json().catch(() => ({})) : {}
  return new ApiError(response, problem as Partial<Problem>)
}

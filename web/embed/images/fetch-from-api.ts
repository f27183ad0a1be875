import type { ErrorDetail } from '../latent-interpolation.d.ts'
import { type ElementError, elementError } from '../options/element-error.ts'

/** The reply's headers must arrive within this many milliseconds. */
const TIMEOUT = 20_000

/**
 * Fetches from the API.
 *
 * @param options.corners whether the endpoints came from the attribute `corners`; errors about them then name it
 * @throws ElementError; or, once `signal` has aborted, what `fetch` throws
 */
export async function fetchFromApi(
  url: string,
  signal: AbortSignal,
  { corners = false, ...init }: RequestInit & { corners?: boolean } = {},
): Promise<Response> {
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), TIMEOUT)
  let response: Response
  try {
    response = await fetch(url, {
      credentials: 'omit',
      ...init,
      signal: AbortSignal.any([signal, timeout.signal]),
    })
  } catch (error) {
    if (signal.aborted) throw error
    const got = timeout.signal.aborted ? `none in ${TIMEOUT / 1000} seconds` : 'none'
    throw elementError('src', `a reply from ${new URL(url).origin}`, `${got} (${HINT})`, 'unreachable')
  } finally {
    clearTimeout(timer)
  }
  if (!response.ok) throw await errorFromReply(response, corners)
  return response
}

const HINT = 'is it running, and does this page’s Content-Security-Policy name it in connect-src?'

/** The members of the API's problem+json (RFC 9457) that are used here. */
interface Problem {
  detail?: string
  errors?: { field: string; expected: string; got: string }[]
}

/** Fields of the API that come from an attribute of the same name. */
const SAME_NAME = ['model', 'from', 'to', 'text', 'steps', 'path']

async function errorFromReply(response: Response, corners: boolean): Promise<ElementError> {
  const code: ErrorDetail['code'] = 'refused'
  const { status, headers } = response
  const problem: Problem | undefined = headers.get('content-type')?.includes('problem+json')
    ? await response.json().catch(() => undefined)
    : undefined
  const error = problem?.errors?.[0]
  if (error) return elementError(attributeOf(error.field, corners), error.expected, error.got, code)
  const got = problem?.detail ?? `status ${status} from ${response.url}`
  const retryable = status >= 500 || status === 429 || status === 408
  const retryAfter = (Number(headers.get('retry-after')) || 0) * 1000
  return elementError('src', 'images', got, code, { retryable, retryAfter })
}

/** The attribute that a field of a request comes from. */
function attributeOf(field: string, corners: boolean): string {
  if (corners && ['from', 'to', 'via'].includes(field)) return 'corners'
  if (SAME_NAME.includes(field)) return field
  return { version: 'model', style: 'hand' }[field] ?? 'src'
}

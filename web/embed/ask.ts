import { type Code, type Refused, refuse } from './refusal.ts'

/** Milliseconds a server may take until its answer begins. */
const PATIENCE = 20_000

/**
 * Fetches from an API.
 *
 * @param corners whether the stops came from `corners`, which errors about them then name
 * @throws Refused, or what `fetch` throws once `signal` has aborted
 */
export async function ask(
  url: string,
  signal: AbortSignal,
  { corners = false, ...init }: RequestInit & { corners?: boolean } = {},
): Promise<Response> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), PATIENCE)
  let response: Response
  try {
    response = await fetch(url, {
      credentials: 'omit',
      ...init,
      signal: AbortSignal.any([signal, late.signal]),
    })
  } catch (error) {
    if (signal.aborted) throw error
    const why = late.signal.aborted ? `none in ${PATIENCE / 1000} seconds` : 'none'
    throw refuse('src', `an answer from ${new URL(url).origin}`, `${why} (${HINT})`, 'unreachable')
  } finally {
    clearTimeout(timer)
  }
  if (!response.ok) throw await refusalIn(response, corners)
  return response
}

const HINT = 'is it running, and does this page’s Content-Security-Policy name it in connect-src?'

interface Problem {
  detail?: string
  errors?: { field: string; expected: string; got: string }[]
}

/** Fields of the API's that are attributes of the element by the same name. */
const SAME = ['model', 'from', 'to', 'steps', 'path']

async function refusalIn(response: Response, corners: boolean): Promise<Refused> {
  const code: Code = 'refused'
  const problem: Problem | undefined = response.headers.get('content-type')?.includes('problem+json')
    ? await response.json().catch(() => undefined)
    : undefined
  const fault = problem?.errors?.[0]
  if (!fault) {
    const got = problem?.detail ?? `status ${response.status} from ${response.url}`
    return refuse('src', 'pictures', got, code)
  }
  const isStop = ['from', 'to', 'via'].includes(fault.field)
  const attribute =
    corners && isStop
      ? 'corners'
      : SAME.includes(fault.field)
        ? fault.field
        : fault.field === 'version'
          ? 'model'
          : 'src'
  return refuse(attribute, fault.expected, fault.got, code)
}

/** Options of repeating requests. */
export interface RetryOptions {
  /** Repetitions at most; default 3. */
  retries?: number
  /** Longest wait in milliseconds; a server that asks for more gets no repetition. Default 30,000. */
  maxDelay?: number
}

/** Statuses of a server that may answer later: timeout, too many requests, bad gateway, unavailable, gateway timeout. */
const RETRIED = [408, 429, 502, 503, 504]
/** Milliseconds before the first repetition; each further one waits twice as long. */
const FIRST_DELAY = 500

/**
 * Sends a request until it is answered, has failed too often, or is aborted. The API's requests change nothing, so that
 * each may be repeated.
 *
 * @throws what `send` throws at last, or the reason of the abort
 */
export async function sendWithRetries(
  send: () => Promise<Response>,
  { retries = 3, maxDelay = 30_000 }: RetryOptions,
  signal: AbortSignal | undefined,
): Promise<Response> {
  for (let attempt = 0; ; attempt++) {
    let response: Response | undefined
    let failure: unknown
    try {
      response = await send()
      if (!RETRIED.includes(response.status)) return response
    } catch (error) {
      if (signal?.aborted) throw error
      failure = error
    }
    const delay = Math.max(
      FIRST_DELAY * 2 ** attempt * (0.75 + Math.random() / 2),
      retryAfter(response?.headers.get('retry-after') ?? null),
    )
    if (attempt >= retries || delay > maxDelay) {
      if (response) return response
      throw failure
    }
    await response?.body?.cancel()
    await wait(delay, signal)
  }
}

/** Milliseconds that a Retry-After header asks to wait: seconds or a date (RFC 9110, 10.2.3); 0 without one. */
export function retryAfter(header: string | null, now = Date.now()): number {
  if (header === null) return 0
  if (/^\d+$/.test(header)) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? 0 : Math.max(0, date - now)
}

function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

import type { Client } from '../catalog/choose-version.ts'
import type { Platform, Verdict } from '../platform.ts'
import { Problem } from './problem.ts'

/**
 * Counts a request and returns the headers that tell the client where it stands (IETF draft "RateLimit header fields
 * for HTTP": RateLimit-Policy, and RateLimit where the remaining quota is known).
 *
 * @throws Problem rate-limited, with Retry-After
 */
export async function limitRate(platform: Platform, client: Client): Promise<Record<string, string>> {
  const verdict = await platform.limit?.(client.name())
  if (!verdict) return {}
  const headers = describe(verdict)
  if (verdict.allowed) return headers
  const seconds = verdict.reset ?? verdict.window
  throw new Problem(
    'rate-limited',
    `More than ${verdict.limit} requests in ${verdict.window} s. Try again in ${seconds} s; answers you asked for before, by the same URL, are not counted while they are kept.`,
    [],
    { ...headers, 'retry-after': String(seconds) },
  )
}

function describe({ allowed, limit, window, remaining, reset }: Verdict): Record<string, string> {
  const left = allowed ? remaining : 0
  return {
    'ratelimit-policy': `"client";q=${limit};w=${window}`,
    ...(left !== undefined && { ratelimit: `"client";r=${left};t=${reset ?? window}` }),
  }
}

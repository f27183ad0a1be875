import type { Client, Platform, RateVerdict } from '../platform.ts'
import { Problem } from './problem.ts'

/** Images, or rows of tensors, that cost a unit of a client's rate. */
export const IMAGES_PER_UNIT = 16

/** The account that one request is charged to. */
export interface RateAccount {
  /** @throws Problem rate-limited, with Retry-After, when the client has used up its rate */
  charge(cost: number): Promise<void>
  /** The client's remaining rate after the last charge (IETF draft "RateLimit header fields for HTTP"). */
  headers(): Record<string, string>
}

/** An account for one request of a client. */
export function openRateAccount(platform: Platform, client: Client): RateAccount {
  let last: RateVerdict | undefined
  return {
    async charge(cost) {
      if (cost <= 0) return
      last = await platform.limitRate?.(client.address(), cost)
      if (last && !last.allowed) throw rateLimited(last)
    },
    headers: () => (last ? describe(last) : {}),
  }
}

function rateLimited(verdict: RateVerdict): Problem {
  const { limit, window } = verdict
  const seconds = verdict.reset ?? window
  const detail =
    `More than ${limit} requests in ${window} s; a request for many images counts as several. Try again in ` +
    `${seconds} s. Requests that are answered from this server’s memory are not counted.`
  return new Problem('rate-limited', detail, [], { ...describe(verdict), 'retry-after': String(seconds) })
}

function describe({ allowed, limit, window, remaining, reset }: RateVerdict): Record<string, string> {
  const left = allowed ? remaining : 0
  return {
    'ratelimit-policy': `"client";q=${limit};w=${window}`,
    ...(left !== undefined && { ratelimit: `"client";r=${left};t=${reset ?? window}` }),
  }
}

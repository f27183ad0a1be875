import { z } from 'zod'
import type { ApiKeys, KeyAccount } from '../platform.ts'
import { Problem } from './problem.ts'

/** A client with a key. The key itself is not stored. */
const ApiKeyEntry = z.strictObject({
  /** The client's name, unique in a file. */
  name: z.string().regex(/^[\w.@-]{1,64}$/),
  /** SHA-256 of the key, in hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Units a minute: a request is at least one, see `costOf`. */
  rate: z.int().min(1).max(1_000_000).optional(),
  /** Units a day (UTC). */
  quota: z.int().min(1).max(1_000_000_000).optional(),
})
export type ApiKeyEntry = z.infer<typeof ApiKeyEntry>

/** The file of keys. */
export const ApiKeyFile = z.strictObject({ keys: z.array(ApiKeyEntry) })
export type ApiKeyFile = z.infer<typeof ApiKeyFile>

const MINUTE = 60_000
const DAY = 86_400_000

interface Counters {
  day: number
  usedToday: number
  minute: number
  usedThisMinute: number
}

/**
 * Keys from their entries. What clients used is counted in memory, by this process.
 *
 * @param now milliseconds since 1970, for tests
 */
export function apiKeys(entries: readonly ApiKeyEntry[], now: () => number = Date.now): ApiKeys {
  const clients = entries.map(entry => ({
    entry,
    hash: fromHex(entry.sha256),
    counters: { day: 0, usedToday: 0, minute: 0, usedThisMinute: 0 } as Counters,
  }))
  return {
    async authenticate(authorization) {
      const [, key] = /^Bearer ([\x21-\x7e]{1,256})$/i.exec(authorization) ?? []
      if (key === undefined) throw unauthorized('Authorization: expected "Bearer" and a key.')
      const hash = await hashKey(key)
      // Compares with each client, to the end: the time tells nothing of how much of a hash was right.
      let found: (typeof clients)[number] | undefined
      for (const client of clients) if (isEqual(client.hash, hash)) found = client
      if (!found) throw unauthorized('Authorization: this key is not known here.')
      return openAccount(found.entry, found.counters, now)
    },
  }
}

/** The SHA-256 of a key. Keys are random and long, so that a hash needs no salt. */
export async function hashKey(key: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key)))
}

function openAccount({ name, rate, quota }: ApiKeyEntry, counters: Counters, now: () => number): KeyAccount {
  function advance(): void {
    const [day, minute] = [Math.floor(now() / DAY), Math.floor(now() / MINUTE)]
    if (counters.day !== day) Object.assign(counters, { day, usedToday: 0 })
    if (counters.minute !== minute) Object.assign(counters, { minute, usedThisMinute: 0 })
  }
  const secondsLeft = (period: number) => Math.ceil((period - (now() % period)) / 1000)
  const policies = [
    rate && { name: 'minute', limit: rate, period: MINUTE, used: () => counters.usedThisMinute },
    quota && { name: 'day', limit: quota, period: DAY, used: () => counters.usedToday },
  ].filter(policy => policy !== undefined && policy !== 0)
  const headers = () => {
    if (policies.length === 0) return {} as Record<string, string>
    const list = (write: (policy: (typeof policies)[number]) => string) => policies.map(write).join(', ')
    return {
      'ratelimit-policy': list(({ name, limit, period }) => `"${name}";q=${limit};w=${period / 1000}`),
      ratelimit: list(
        ({ name, limit, period, used }) =>
          `"${name}";r=${Math.max(0, limit - used())};t=${secondsLeft(period)}`,
      ),
    }
  }
  return {
    async charge(cost) {
      if (cost <= 0) return
      advance()
      for (const { name, limit, period, used } of policies) {
        if (used() + cost <= limit) continue
        const seconds = secondsLeft(period)
        const detail = `More than ${limit} units in this ${name}; try again in ${seconds} s.`
        throw new Problem('rate-limited', detail, [], { ...headers(), 'retry-after': String(seconds) })
      }
      counters.usedToday += cost
      counters.usedThisMinute += cost
    },
    headers,
    usage() {
      advance()
      return {
        client: name,
        day: new Date(counters.day * DAY).toISOString().slice(0, 10),
        used: counters.usedToday,
        quota: quota ?? null,
        remaining: quota === undefined ? null : Math.max(0, quota - counters.usedToday),
        rate: rate ?? null,
      }
    },
  }
}

function unauthorized(detail: string): Problem {
  return new Problem('unauthorized', detail, [], {
    'www-authenticate': 'Bearer',
    'cache-control': 'no-store',
  })
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length
  for (let i = 0; i < a.length; i++) difference |= a[i] ^ b[i]
  return difference === 0
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], pair => Number.parseInt(pair, 16))
}

import { z } from 'zod'
import type { ApiKeys, KeyAccount } from '../platform.ts'
import { DAY, type KeyCounter, type KeyUse, MINUTE } from './key-counter.ts'
import { Problem } from './problem.ts'

/** A client with a key. Only the key's hash is stored. */
export const ApiKeyEntry = z.strictObject({
  /** The client's name, unique in a file. */
  name: z.string().regex(/^[\w.@-]{1,64}$/, 'expected 1 to 64 letters, digits, or _ . @ -'),
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

/**
 * The clients of a file of keys.
 *
 * @param counterOf gives the counter of a client by its name
 * @param now milliseconds since 1970, for tests
 */
export function apiKeys(
  entries: readonly ApiKeyEntry[],
  counterOf: (client: string) => KeyCounter,
  now: () => number = Date.now,
): ApiKeys {
  const clients = entries.map(entry => ({ entry, hash: fromHex(entry.sha256) }))
  return {
    async authenticate(authorization) {
      const [, key] = /^Bearer ([\x21-\x7e]{1,256})$/i.exec(authorization) ?? []
      if (key === undefined) throw unauthorized('Authorization: expected "Bearer" and a key.')
      const hash = await hashKey(key)
      // Compares with every client and all bytes, so that the time taken does not reveal how much of a hash was right.
      let found: ApiKeyEntry | undefined
      for (const client of clients) if (isEqual(client.hash, hash)) found = client.entry
      if (!found) throw unauthorized('Authorization: this key is not known here.')
      return openAccount(found, counterOf(found.name), now)
    },
  }
}

/** The SHA-256 of a key. Keys are random and long, so that a hash needs no salt. */
export async function hashKey(key: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key)))
}

function openAccount({ name, rate, quota }: ApiKeyEntry, counter: KeyCounter, now: () => number): KeyAccount {
  const limits = { ...(rate && { rate }), ...(quota && { quota }) }
  const secondsLeft = (period: number) => Math.ceil((period - (now() % period)) / 1000)
  let last: KeyUse | undefined
  const policies = [
    rate && { name: 'minute', limit: rate, period: MINUTE, usedOf: (use: KeyUse) => use.usedThisMinute },
    quota && { name: 'day', limit: quota, period: DAY, usedOf: (use: KeyUse) => use.usedToday },
  ].filter(policy => typeof policy === 'object')
  const headers = () => {
    const use = last
    if (policies.length === 0 || !use) return {} as Record<string, string>
    const list = (write: (policy: (typeof policies)[number]) => string) => policies.map(write).join(', ')
    return {
      'ratelimit-policy': list(({ name, limit, period }) => `"${name}";q=${limit};w=${period / 1000}`),
      ratelimit: list(
        ({ name, limit, period, usedOf }) =>
          `"${name}";r=${Math.max(0, limit - usedOf(use))};t=${secondsLeft(period)}`,
      ),
    }
  }
  return {
    async charge(cost) {
      if (cost <= 0) return
      const { use, refused } = await counter.charge(cost, limits)
      last = use
      const policy = policies.find(({ name }) => name === refused)
      if (!policy) return
      const seconds = secondsLeft(policy.period)
      const detail = `More than ${policy.limit} units in this ${refused}; try again in ${seconds} s.`
      throw new Problem('rate-limited', detail, [], { ...headers(), 'retry-after': String(seconds) })
    },
    headers,
    async usage() {
      const { day, usedToday } = (await counter.charge(0, {})).use
      return {
        client: name,
        day: new Date(day * DAY).toISOString().slice(0, 10),
        used: usedToday,
        quota: quota ?? null,
        remaining: quota === undefined ? null : Math.max(0, quota - usedToday),
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

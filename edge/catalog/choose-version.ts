import type { Card } from '../../models/card.ts'
import { isCanary } from '../../models/registry/channel.ts'
import type { Entry } from '../platform.ts'

/** What an answer depends on, beside a body. */
export interface Asked {
  method: string
  /** With the query. */
  path: string
  accept: string
  ifNoneMatch: string | undefined
}

/** Who asks. */
export interface Client {
  /** The address, as far as the platform can be trusted to know it. */
  name(): string
  /** Whether it has hung up: what it asked for need not be made any more. */
  gone(): boolean
}

/** What tells those who get a canary from those who do not. */
export interface Asker {
  /** The seed asked for, as it stands in the URL. */
  seed: string | null
  client: Client
}

/**
 * For whom an answer is made by its version: whoever names that version; whoever asks, at an address whatever its seed,
 * or with this seed, until the channel changes; or this client alone.
 */
export type Reach = 'version' | 'address' | 'seed' | 'client'

/**
 * The version an asker gets: under a canary, by a hash of the seed where one is asked for, so that an address gives
 * everyone the same and may be cached; else by one of the client, who so gets the same each time.
 */
export function chooseCard(
  { id, card, canary }: Entry & { card: Card },
  asker: Asker | undefined,
): { card: Card; reach: Reach } {
  if (!canary || !asker) return { card, reach: 'address' }
  const seeded = asker.seed !== null && /^\d{1,10}$/.test(asker.seed)
  const key = seeded ? `seed ${Number(asker.seed)}` : `client ${asker.client.name()}`
  const chosen = isCanary(id, { version: canary.card.version, share: canary.share }, key) ? canary.card : card
  return { card: chosen, reach: seeded ? 'seed' : 'client' }
}

/** The Cache-Control of an answer that can be had again. */
export function cacheControl(reach: Reach): string {
  if (reach === 'version') return 'public, max-age=31536000, immutable'
  return `${reach === 'client' ? 'private' : 'public'}, max-age=60, must-revalidate`
}

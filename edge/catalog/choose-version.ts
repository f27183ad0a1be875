import type { Card } from '../../models/card.ts'
import { isCanary } from '../../models/registry/channel.ts'
import { ONE_MINUTE } from '../http/reply.ts'
import type { CatalogEntry, Client } from '../platform.ts'

/** What a canary is chosen by. */
export interface CanaryKey {
  /** The seed as it stands in the URL. */
  seed: string | null
  client: Client
}

/**
 * Who gets the same version as the sender of a request: `pinned`, everyone for ever, since the URL names the version;
 * `everyone`, until the channel changes; `seed`, everyone with this seed, until then; `client`, this client alone.
 */
export type VersionScope = 'pinned' | 'everyone' | 'seed' | 'client'

/**
 * Chooses between stable version and canary by a hash: of the seed where the URL has one, so that a URL gives everyone
 * the same and may be cached; else of the client's address, so that a client stays with one version.
 */
export function chooseVersion(
  { id, card, canary }: CatalogEntry & { card: Card },
  key: CanaryKey | undefined,
): { card: Card; scope: VersionScope } {
  if (!canary || !key) return { card, scope: 'everyone' }
  const seeded = key.seed !== null && /^\d{1,10}$/.test(key.seed)
  const hashed = seeded ? `seed ${Number(key.seed)}` : `client ${key.client.address()}`
  const chosen = isCanary(id, { version: canary.card.version, share: canary.share }, hashed)
  return { card: chosen ? canary.card : card, scope: seeded ? 'seed' : 'client' }
}

/** The Cache-Control of a repeatable answer. */
export function cacheControl(scope: VersionScope): string {
  if (scope === 'pinned') return 'public, max-age=31536000, immutable'
  return scope === 'client' ? ONE_MINUTE.replace('public', 'private') : ONE_MINUTE
}

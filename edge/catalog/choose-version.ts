import type { Card } from '../../models/card.ts'
import { isCanary } from '../../models/registry/channel.ts'
import { ONE_MINUTE } from '../http/reply.ts'
import type { CatalogEntry, Client } from '../platform.ts'

/** The properties of a request by which a canary is chosen. */
export interface CanaryKey {
  /** The seed as it stands in the URL. */
  seed: string | null
  client: Client
}

/**
 * Who gets the chosen version, which determines how the reply may be cached. `pinned`: everyone, always, since the URL
 * names the version. `everyone`: everyone, until the channel changes. `seed`: everyone with this seed, until the channel
 * changes. `client`: this client only.
 */
export type VersionScope = 'pinned' | 'everyone' | 'seed' | 'client'

/**
 * Chooses between stable version and canary by a hash: of the seed if the URL has one, so that the URL gives everyone the
 * same reply and may be cached; else of the client's address, so that a client stays with one version.
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

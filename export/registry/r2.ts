import { createHash } from 'node:crypto'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import type { Bucket } from './bucket.ts'

/** The bucket's name, as in edge/wrangler.jsonc. */
export const BUCKET_NAME = 'latent-edge-models'

/**
 * workerd's own R2 on this machine's disk, as `npm start` and `wrangler dev` keep it. May be used while they run.
 *
 * @param state the folder wrangler calls its state: `edge/.wrangler/state/v3`
 */
export async function openLocal(state: string): Promise<Bucket> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      cf: false,
      logRequests: false,
      resourcePersistencePath: state,
      compatibilityDate: '2026-10-23',
      modules: true,
      script: 'export default {}',
      r2Buckets: { MODELS: BUCKET_NAME },
    }),
  )
  const r2 = await miniflare.getR2Bucket('MODELS')
  return {
    name: 'local',
    async get(key) {
      const object = await r2.get(key)
      return object ? { bytes: new Uint8Array(await object.arrayBuffer()), etag: object.etag } : undefined
    },
    async put(key, bytes, condition) {
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      const onlyIf =
        condition === 'absent' ? { etagDoesNotMatch: '*' } : condition && { etagMatches: condition.etag }
      return (await r2.put(key, bytes, { sha256, ...(onlyIf && { onlyIf }) })) !== null
    },
    async list(prefix) {
      const found: { key: string; size: number; uploaded: Date }[] = []
      let cursor: string | undefined
      do {
        const page = await r2.list({ prefix, cursor })
        found.push(...page.objects.map(({ key, size, uploaded }) => ({ key, size, uploaded })))
        cursor = page.truncated ? page.cursor : undefined
      } while (cursor !== undefined)
      return found
    },
    remove: key => r2.delete(key),
    close: () => miniflare.dispose(),
  }
}

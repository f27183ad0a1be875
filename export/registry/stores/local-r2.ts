import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import path from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import type { Bucket, BucketEntry } from './bucket.ts'

/** The bucket's name, as in edge/wrangler.jsonc. */
export const BUCKET_NAME = 'latent-edge-models'

/**
 * workerd's own R2 on this machine's disk, as `npm start` and `wrangler dev` keep it. May be used while they run.
 *
 * @param state the folder wrangler calls its state: `edge/.wrangler/state/v3`
 */
export async function openLocal(state: string): Promise<Bucket> {
  const { miniflare, r2 } = await retryLocked(() => start(state))
  return {
    name: 'local',
    get: key =>
      retryLocked(async () => {
        const object = await r2.get(key)
        return object ? { bytes: new Uint8Array(await object.arrayBuffer()), etag: object.etag } : undefined
      }),
    async put(key, bytes, condition) {
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      const onlyIf =
        condition === 'absent' ? { etagDoesNotMatch: '*' } : condition && { etagMatches: condition.etag }
      return retryLocked(
        async () => (await r2.put(key, bytes, { sha256, ...(onlyIf && { onlyIf }) })) !== null,
      )
    },
    async list(prefix) {
      const found: BucketEntry[] = []
      let cursor: string | undefined
      do {
        const page = await retryLocked(() => r2.list({ prefix, cursor }))
        found.push(...page.objects.map(({ key, size, uploaded }) => ({ key, size, uploaded })))
        cursor = page.truncated ? page.cursor : undefined
      } while (cursor !== undefined)
      return found
    },
    remove: key => retryLocked(() => r2.delete(key)),
    close: () => miniflare.dispose(),
  }
}

/**
 * Starts workerd with R2 on disk and nothing else.
 *
 * @param s3Credentials keys of R2's S3 API, which then answers under `/cdn-cgi/local/r2/s3`
 */
export function startR2(
  state: string,
  s3Credentials?: { accessKeyId: string; secretAccessKey: string },
): Miniflare {
  tieWorkerd()
  return new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      cf: false,
      logRequests: false,
      // workerd logs each lock it meets; `retryLocked` waits for those.
      handleStructuredLogs: () => {},
      resourcePersistencePath: state,
      compatibilityDate: '2026-10-23',
      modules: true,
      script: 'export default {}',
      r2Buckets: { MODELS: s3Credentials ? { id: BUCKET_NAME, s3Credentials } : BUCKET_NAME },
    }),
  )
}

async function start(state: string) {
  const miniflare = startR2(state)
  try {
    return { miniflare, r2: await miniflare.getR2Bucket('MODELS') }
  } catch (error) {
    await miniflare.dispose().catch(() => {})
    throw error
  }
}

/** Has Miniflare start workerd by a script that lets it end with this process, so that SIGKILL leaves none behind. */
function tieWorkerd(): void {
  if (process.platform === 'win32') return
  process.env.LATENT_EDGE_WORKERD ??= createRequire(import.meta.url)('workerd').default
  process.env.MINIFLARE_WORKERD_PATH ??= path.resolve(
    import.meta.dirname,
    '../../../edge/node/tied-workerd.sh',
  )
}

/** Messages of a locked database, when workerd starts and when it runs. */
const LOCKED = /SQLITE_BUSY|database is locked|internal error|Unspecified error|runtime failed to start/
const TRIES = 12

/**
 * Repeats an operation that met a lock: processes share R2 on disk as one SQLite database, and workerd fails at once
 * while another process writes.
 */
async function retryLocked<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === TRIES || !LOCKED.test(String(error))) throw error
      await new Promise(resolve => setTimeout(resolve, (20 + 80 * Math.random()) * attempt))
    }
  }
}

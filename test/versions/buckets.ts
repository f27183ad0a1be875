import type { Bucket } from '../../export/registry/stores/bucket.ts'
import { BUCKET_NAME, startR2 } from '../../export/registry/stores/local-r2.ts'
import type { Account } from '../../export/registry/stores/remote-r2.ts'

/** Miniflare's S3 API of an R2 on disk; it checks signatures. */
export interface S3 {
  account: Account
  port: number
  stop(): Promise<void>
}

/** Starts the S3 API of the R2 in the folder `state`. */
export async function startS3(state: string): Promise<S3> {
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' }
  const miniflare = startR2(state, credentials)
  const { origin, port } = await miniflare.ready
  return {
    account: { endpoint: `${origin}${S3_PATH}`, bucket: BUCKET_NAME, ...credentials, pause: 1 },
    port: Number(port),
    stop: () => miniflare.dispose(),
  }
}

/** Where Miniflare answers S3 requests. */
export const S3_PATH = '/cdn-cgi/local/r2/s3'

/**
 * A bucket whose connection breaks at one operation.
 *
 * @param at the operation, counted from 0
 * @param done whether that operation takes effect and only its answer is lost
 */
export function cutBucket(bucket: Bucket, at: number, done: boolean): Bucket & { operations(): string[][] } {
  const operations: string[][] = []
  const through = async <T>(name: string, key: string, work: () => Promise<T>): Promise<T> => {
    const mine = operations.push([name, key]) - 1
    if (mine > at || (mine === at && !done)) throw new Error('cut')
    const result = await work()
    if (mine === at) throw new Error('cut')
    return result
  }
  return {
    ...bucket,
    operations: () => operations,
    get: key => through('get', key, () => bucket.get(key)),
    put: (...put) => through('put', put[0], () => bucket.put(...put)),
    list: prefix => through('list', prefix, () => bucket.list(prefix)),
    remove: key => through('remove', key, () => bucket.remove(key)),
  }
}

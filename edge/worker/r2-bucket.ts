import type { ReadableBucket } from '../versions/readable-bucket.ts'

/** The methods of a Worker’s R2 binding that are used here. */
export interface R2Binding {
  get(key: string): Promise<{ etag: string; arrayBuffer(): Promise<ArrayBuffer> } | null>
  list(options: {
    prefix: string
    cursor?: string
  }): Promise<{ objects: { key: string; etag: string }[]; truncated: boolean; cursor?: string }>
}

/** Attempts at a read, since R2 fails now and then, and milliseconds before the second; before the third, twice as many. */
const TRIES = 3
const PAUSE = 100

/** The bucket behind a Worker's R2 binding. Each read is tried three times. */
export function r2Bucket(binding: R2Binding): ReadableBucket {
  return {
    get: key =>
      retry(async () => {
        const object = await binding.get(key)
        return object ? { bytes: new Uint8Array(await object.arrayBuffer()), etag: object.etag } : undefined
      }),
    async list(prefix) {
      const found: { key: string; etag: string }[] = []
      let cursor: string | undefined
      do {
        const page = await retry(() => binding.list({ prefix, ...(cursor !== undefined && { cursor }) }))
        for (const { key, etag } of page.objects) found.push({ key, etag })
        cursor = page.truncated ? page.cursor : undefined
      } while (cursor !== undefined)
      return found
    },
  }
}

async function retry<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read()
    } catch (error) {
      if (attempt === TRIES) throw error
      await new Promise(resolve => setTimeout(resolve, PAUSE * attempt))
    }
  }
}

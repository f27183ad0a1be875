/** An object of a bucket. */
export interface Stored {
  bytes: Uint8Array<ArrayBuffer>
  etag: string
}

/** Holds versions of models and channel files: an R2 bucket, or a folder. Operations throw when it cannot be read. */
export interface Bucket {
  get(key: string): Promise<Stored | undefined>
  /** Keys and etags of the objects under a prefix. */
  list(prefix: string): Promise<{ key: string; etag: string }[]>
}

/** The part of a Worker's R2 binding that is used. */
export interface R2Binding {
  get(key: string): Promise<{ etag: string; arrayBuffer(): Promise<ArrayBuffer> } | null>
  list(options: {
    prefix: string
    cursor?: string
  }): Promise<{ objects: { key: string; etag: string }[]; truncated: boolean; cursor?: string }>
}

/** How often a read that fails inside R2 is tried, and the pause before the next try, milliseconds. */
const TRIES = 3
const PAUSE = 100

/** A bucket by its binding. */
export function r2Bucket(binding: R2Binding): Bucket {
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

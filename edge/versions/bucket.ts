/** An object of a bucket. */
export interface Stored {
  bytes: Uint8Array<ArrayBuffer>
  etag: string
}

/** Where versions of models and channel files lie: an R2 bucket, or a folder. Operations throw when it is down. */
export interface Bucket {
  get(key: string): Promise<Stored | undefined>
  /** Keys and etags of what lies under a prefix. */
  list(prefix: string): Promise<{ key: string; etag: string }[]>
}

/** A Worker's binding to an R2 bucket, as far as it is used. */
export interface R2Binding {
  get(key: string): Promise<{ etag: string; arrayBuffer(): Promise<ArrayBuffer> } | null>
  list(options: {
    prefix: string
    cursor?: string
  }): Promise<{ objects: { key: string; etag: string }[]; truncated: boolean; cursor?: string }>
}

/** How often a read is tried that fails inside R2, and the pause between, milliseconds. */
const TRIES = 3
const PAUSE = 100

/** A bucket by its binding. */
export function r2Bucket(binding: R2Binding): Bucket {
  return {
    get: key =>
      persevere(async () => {
        const object = await binding.get(key)
        return object ? { bytes: new Uint8Array(await object.arrayBuffer()), etag: object.etag } : undefined
      }),
    async list(prefix) {
      const found: { key: string; etag: string }[] = []
      let cursor: string | undefined
      do {
        const page = await persevere(() => binding.list({ prefix, ...(cursor !== undefined && { cursor }) }))
        for (const { key, etag } of page.objects) found.push({ key, etag })
        cursor = page.truncated ? page.cursor : undefined
      } while (cursor !== undefined)
      return found
    },
  }
}

async function persevere<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read()
    } catch (error) {
      if (attempt === TRIES) throw error
      await new Promise(resolve => setTimeout(resolve, PAUSE * attempt))
    }
  }
}

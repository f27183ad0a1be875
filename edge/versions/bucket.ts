/** An object of a bucket; its etag changes when it is replaced. */
export interface Stored {
  bytes: Uint8Array<ArrayBuffer>
  etag: string
}

/** Where versions of models and channel files are stored: an R2 bucket, or a folder. Methods throw when it cannot be read. */
export interface Bucket {
  get(key: string): Promise<Stored | undefined>
  /** Keys and etags of the objects under a prefix. */
  list(prefix: string): Promise<{ key: string; etag: string }[]>
}

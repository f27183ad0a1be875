import type { StoredObject } from '../../models/registry/stored-object.ts'

/**
 * The bucket that a server reads versions of models and channel files from: R2, or a folder. Methods throw when it cannot be
 * read.
 */
export interface ReadableBucket {
  get(key: string): Promise<StoredObject | undefined>
  /** Keys and etags of the objects under a prefix. */
  list(prefix: string): Promise<{ key: string; etag: string }[]>
}

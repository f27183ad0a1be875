import type { StoredObject } from '../../../models/registry/stored-object.ts'

/** An object as a bucket lists it. */
export interface BucketEntry {
  key: string
  size: number
  uploaded: Date
}

/** When a write is done: if there is no object yet, or if it is still the one with this etag. */
export type Condition = 'absent' | { etag: string }

/**
 * A bucket: storage of versions and channel files. Every object is written whole or not at all, and a read returns what
 * the last finished write left. Operations throw an Error that names the bucket when it does not answer as it should.
 */
export interface Bucket {
  /** As people call it: `local`, `dir:/srv/models`. */
  name: string
  get(key: string): Promise<StoredObject | undefined>
  /** Writes if the condition holds. Of several writers with one condition, one gets true. */
  put(key: string, bytes: Uint8Array, condition?: Condition): Promise<boolean>
  list(prefix: string): Promise<BucketEntry[]>
  /** Deletes an object; one that is not there is no error. */
  remove(key: string): Promise<void>
  close(): Promise<void>
}

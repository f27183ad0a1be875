/** An object as a bucket holds it. */
export interface Stored {
  bytes: Uint8Array<ArrayBuffer>
  /** Names this content; another content has another. */
  etag: string
}

/** An object as a bucket lists it. */
export interface Listed {
  key: string
  size: number
  uploaded: Date
}

/** What must hold of the object that is there for a write to happen: nothing is there, or just that. */
export type Condition = 'absent' | { etag: string }

/**
 * Where versions and channel files are kept. Every object is written whole or not at all, and a read finds what the
 * last finished write left. Operations throw an Error that names the bucket when it does not answer as it should.
 */
export interface Bucket {
  /** As people call it: `local`, `dir:/srv/models`. */
  name: string
  get(key: string): Promise<Stored | undefined>
  /** Writes if the condition holds. Of several writers with one condition, one gets true. */
  put(key: string, bytes: Uint8Array, condition?: Condition): Promise<boolean>
  list(prefix: string): Promise<Listed[]>
  /** Deletes an object; one that is not there is no error. */
  remove(key: string): Promise<void>
  close(): Promise<void>
}

/** An object of a bucket. */
export interface StoredObject {
  bytes: Uint8Array<ArrayBuffer>
  /** Changes when the object is replaced. */
  etag: string
}

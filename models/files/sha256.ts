import { concatBytes, toHex } from './bytes.ts'

/** The part of Web Crypto used here. It is a global of browsers, workerd and Node, but not of the language. */
declare const crypto: {
  subtle: { digest(algorithm: 'SHA-256', data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> }
}

/** SHA-256 over the parts one after the other, in hex. */
export async function sha256(...parts: Uint8Array[]): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', concatBytes(parts))))
}

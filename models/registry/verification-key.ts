import { fromBase64, toBase64 } from '../files/base64.ts'
import { sha256 } from '../files/sha256.ts'
import { encodeUtf8 } from '../files/utf8.ts'

/** A public key for verification, with the hash that bundles name it by. */
export interface VerificationKey {
  hint: string
  /** DER of SubjectPublicKeyInfo. */
  spki: Uint8Array<ArrayBuffer>
  curve: (typeof CURVES)[number]
}

/** The supported elliptic curves: object identifiers in DER, sizes of a coordinate in bytes, and hashes. */
const CURVES = [
  { name: 'P-256', oid: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07], size: 32, hash: 'SHA-256' },
  { name: 'P-384', oid: [0x2b, 0x81, 0x04, 0x00, 0x22], size: 48, hash: 'SHA-384' },
  { name: 'P-521', oid: [0x2b, 0x81, 0x04, 0x00, 0x23], size: 66, hash: 'SHA-512' },
] as const

/** Reads a public key in PEM, as `openssl ec -pubout` writes it. @throws Error when it is no elliptic public key */
export async function readVerificationKey(pem: string): Promise<VerificationKey> {
  const [, after = ''] = pem.split('-----BEGIN PUBLIC KEY-----', 2)
  const [body, end] = after.split('-----END PUBLIC KEY-----', 2)
  if (end === undefined || !/^[\sA-Za-z0-9+/=]+$/.test(body))
    throw new Error('public key: expected PEM (-----BEGIN PUBLIC KEY-----), got something else')
  const spki = fromBase64(body.replace(/\s/g, ''))
  const curve = CURVES.find(({ oid }) => includes(spki, oid))
  if (!curve) throw new Error('public key: expected one of curve P-256, P-384 or P-521')
  return { spki, curve, hint: await hintOf(spki) }
}

/** The SHA-256 of a key's PEM in its one canonical form, by which bundles name it. */
export async function hintOf(spki: Uint8Array): Promise<string> {
  const lines = toBase64(spki).match(/.{1,64}/g) ?? []
  return sha256(encodeUtf8(`-----BEGIN PUBLIC KEY-----\n${lines.join('\n')}\n-----END PUBLIC KEY-----\n`))
}

function includes(bytes: Uint8Array, part: readonly number[]): boolean {
  return bytes.some((_, at) => part.every((byte, i) => bytes[at + i] === byte))
}

import type { z } from 'zod'
import { fromBase64 } from '../files/base64.ts'
import { sha256 } from '../files/sha256.ts'
import { decodeUtf8 } from '../files/utf8.ts'
import {
  Bundle,
  preAuthentication,
  rootDigest,
  SIGNATURE_FILE,
  SIGNED_FILES,
  type SignedFile,
  Statement,
} from './signed-statement.ts'
import type { VerificationKey } from './verification-key.ts'

/** The parts of Web Crypto and of the platform used here: globals of browsers, workerd and Node alike. */
declare const crypto: {
  subtle: {
    importKey(
      format: 'spki',
      key: Uint8Array<ArrayBuffer>,
      algorithm: { name: 'ECDSA'; namedCurve: string },
      extractable: boolean,
      usages: ['verify'],
    ): Promise<unknown>
    verify(
      algorithm: { name: 'ECDSA'; hash: string },
      key: unknown,
      signature: Uint8Array<ArrayBuffer>,
      data: Uint8Array<ArrayBuffer>,
    ): Promise<boolean>
  }
}

/**
 * Checks that a bundle is a signature by the key over exactly these files.
 *
 * @throws Error naming what is wrong: the bundle, the key, the signature, or the file that was changed
 */
export async function verifySignature(
  bundle: Uint8Array,
  files: Record<SignedFile, Uint8Array>,
  key: VerificationKey,
): Promise<void> {
  const digests = await readSignature(bundle, key)
  for (const file of SIGNED_FILES) await requireSigned(digests, file, files[file])
}

/** The SHA-256 of each file that a signature is over. */
export type SignedDigests = Readonly<Record<SignedFile, string>>

/** @throws Error naming the file when its bytes are not those that were signed */
export async function requireSigned(
  digests: SignedDigests,
  file: SignedFile,
  bytes: Uint8Array,
): Promise<void> {
  const got = await sha256(bytes)
  if (got !== digests[file]) {
    throw new Error(`${file}: expected SHA-256 ${digests[file]}, as signed, got ${got}`)
  }
}

/**
 * Checks that a bundle is a signature by the key over the files of a version.
 *
 * @returns what it says of each file, to be compared by `requireSigned`
 * @throws Error saying what is not as it should be: the bundle, the key or the signature
 */
export async function readSignature(bundle: Uint8Array, key: VerificationKey): Promise<SignedDigests> {
  const { verificationMaterial, dsseEnvelope } = parse(Bundle, bundle, SIGNATURE_FILE)
  const { hint } = verificationMaterial.publicKey
  if (hint !== key.hint) {
    throw new Error(
      `${SIGNATURE_FILE}: expected a signature by the key ${key.hint.slice(0, 12)}…, got one by ${hint.slice(0, 12)}…`,
    )
  }
  const payload = fromBase64(dsseEnvelope.payload)
  const signature = fromDer(fromBase64(dsseEnvelope.signatures[0].sig), key.curve.size)
  const algorithm = { name: 'ECDSA' as const, namedCurve: key.curve.name }
  const imported = await crypto.subtle.importKey('spki', key.spki, algorithm, false, ['verify'])
  const isSigned = await crypto.subtle.verify(
    { name: 'ECDSA', hash: key.curve.hash },
    imported,
    signature,
    preAuthentication(payload),
  )
  if (!isSigned) throw new Error(`${SIGNATURE_FILE}: its statement was not signed by the key`)
  return digestsOf(parse(Statement, payload, `${SIGNATURE_FILE}: statement`))
}

async function digestsOf({ subject, predicate }: z.infer<typeof Statement>): Promise<SignedDigests> {
  const { resources } = predicate
  const unknown = resources.find(({ name }) => !SIGNED_FILES.some(file => file === name))
  if (unknown) throw new Error(`${SIGNATURE_FILE}: expected the files of a version, got ${unknown.name} too`)
  for (const file of SIGNED_FILES) {
    const signed = resources.filter(({ name }) => name === file)
    if (signed.length !== 1)
      throw new Error(`${SIGNATURE_FILE}: expected ${file} once, found it ${signed.length} times`)
  }
  if (subject[0].digest.sha256 !== (await rootDigest(resources))) {
    throw new Error(`${SIGNATURE_FILE}: its subject is not that of its files`)
  }
  return Object.fromEntries(resources.map(({ name, digest }) => [name, digest])) as SignedDigests
}

function parse<T>(schema: z.ZodType<T>, bytes: Uint8Array, what: string): T {
  try {
    return schema.parse(JSON.parse(decodeUtf8(bytes)))
  } catch {
    throw new Error(`${what}: expected a bundle of OpenSSF model signing, got something else`)
  }
}

/** An ECDSA signature from DER (SEQUENCE of two INTEGERs) to r and s of `size` bytes each, as Web Crypto takes it. */
function fromDer(der: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const raw = new Uint8Array(2 * size)
  // A length of 128 or more, as P-521's, takes a second byte.
  let at = der[1] === 0x81 ? 3 : 2
  for (const end of [size, 2 * size]) {
    const length = der[at + 1]
    const digits = der.subarray(at + 2, at + 2 + length)
    const trimmed = digits.subarray(Math.max(0, digits.length - size))
    if (der[at] !== 0x02 || digits.length !== length)
      throw new Error(`${SIGNATURE_FILE}: not an ECDSA signature`)
    raw.set(trimmed, end - trimmed.length)
    at += 2 + length
  }
  return raw
}

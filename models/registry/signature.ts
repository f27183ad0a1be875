import { z } from 'zod'
import { sha256 } from '../files/sha256.ts'
import { decodeUtf8, encodeUtf8 } from '../files/utf8.ts'

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
declare function atob(base64: string): string

/** The name of a version's signature beside its files. */
export const SIGNATURE_FILE = 'model.sig'

/** The files that a signature covers, in the order in which the bundle lists them. */
export const SIGNED_FILES = ['card.json', 'decoder.onnx', 'encoder.onnx', 'latents.safetensors'] as const

/** The name of a signed file. */
export type SignedFile = (typeof SIGNED_FILES)[number]

const PAYLOAD_TYPE = 'application/vnd.in-toto+json'
const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1'
const PREDICATE_TYPE = 'https://model_signing/signature/v1.0'
const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json'

const Bundle = z.object({
  mediaType: z.literal(BUNDLE_TYPE),
  verificationMaterial: z.object({ publicKey: z.object({ hint: z.string() }) }),
  dsseEnvelope: z.object({
    payload: z.base64(),
    payloadType: z.literal(PAYLOAD_TYPE),
    signatures: z.array(z.object({ sig: z.base64() })).length(1),
  }),
})

const Statement = z.object({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(z.object({ name: z.string(), digest: z.object({ sha256: z.string() }) })).length(1),
  predicateType: z.literal(PREDICATE_TYPE),
  predicate: z.object({
    resources: z.array(z.object({ name: z.string(), algorithm: z.literal('sha256'), digest: z.string() })),
    serialization: z.object({ method: z.literal('files'), hash_type: z.literal('sha256') }),
  }),
})

/**
 * The in-toto statement that is signed, in the form of OpenSSF model signing (v1.0): each file with its SHA-256, and as
 * subject the SHA-256 over those digests.
 *
 * @param name of the model: `id@version`
 */
export async function modelStatement(name: string, files: Record<SignedFile, Uint8Array>): Promise<string> {
  const resources = await Promise.all(
    SIGNED_FILES.map(async file => ({ name: file, algorithm: 'sha256', digest: await sha256(files[file]) })),
  )
  return JSON.stringify({
    _type: STATEMENT_TYPE,
    subject: [{ name, digest: { sha256: await rootDigest(resources) } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      resources,
      serialization: {
        method: 'files',
        hash_type: 'sha256',
        allow_symlinks: false,
        ignore_paths: [SIGNATURE_FILE],
      },
    },
  })
}

/** The bytes to sign: DSSE's pre-authentication encoding (DSSE v1.0.2). */
export function preAuthentication(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = encodeUtf8(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `)
  const bytes = new Uint8Array(head.length + payload.length)
  bytes.set(head)
  bytes.set(payload, head.length)
  return bytes
}

/**
 * Formats a signature as a Sigstore bundle (v0.3) of a DSSE envelope. Payload and signature are in base64; `keyHint`
 * comes from `hintOf`.
 */
export function formatBundle(payload: string, signature: string, keyHint: string): string {
  return JSON.stringify({
    mediaType: BUNDLE_TYPE,
    verificationMaterial: { publicKey: { hint: keyHint }, tlogEntries: [] },
    dsseEnvelope: { payload, payloadType: PAYLOAD_TYPE, signatures: [{ sig: signature, keyid: '' }] },
  })
}

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

/** SHA-256 over the digests of the files, as bytes, one after the other. */
async function rootDigest(resources: readonly { digest: string }[]): Promise<string> {
  return sha256(
    ...resources.map(({ digest }) =>
      Uint8Array.from(digest.match(/../g) ?? [], hex => Number.parseInt(hex, 16)),
    ),
  )
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

function includes(bytes: Uint8Array, part: readonly number[]): boolean {
  return bytes.some((_, at) => part.every((byte, i) => bytes[at + i] === byte))
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), char => char.charCodeAt(0))
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const bits = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    const four = [18, 12, 6, 0].map(shift => DIGITS[(bits >> shift) & 63]).join('')
    text += four.slice(0, Math.min(4, bytes.length - i + 1)).padEnd(4, '=')
  }
  return text
}

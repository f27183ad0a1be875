import { z } from 'zod'
import { concatBytes } from '../files/bytes.ts'
import { sha256 } from '../files/sha256.ts'
import { encodeUtf8 } from '../files/utf8.ts'

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

/** Schema of a Sigstore bundle with a DSSE envelope. */
export const Bundle = z.object({
  mediaType: z.literal(BUNDLE_TYPE),
  verificationMaterial: z.object({ publicKey: z.object({ hint: z.string() }) }),
  dsseEnvelope: z.object({
    payload: z.base64(),
    payloadType: z.literal(PAYLOAD_TYPE),
    signatures: z.array(z.object({ sig: z.base64() })).length(1),
  }),
})

/** Schema of the in-toto statement in the envelope. */
export const Statement = z.object({
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
  return concatBytes([head, payload])
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

/** SHA-256 over the digests of the files, as bytes, one after the other. */
export async function rootDigest(resources: readonly { digest: string }[]): Promise<string> {
  return sha256(
    ...resources.map(({ digest }) =>
      Uint8Array.from(digest.match(/../g) ?? [], hex => Number.parseInt(hex, 16)),
    ),
  )
}

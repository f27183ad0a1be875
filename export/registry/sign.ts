import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import {
  formatBundle,
  modelStatement,
  preAuthentication,
  SIGNATURE_FILE,
  type SignedFile,
} from '../../models/registry/signed-statement.ts'
import { hintOf, readVerificationKey, type VerificationKey } from '../../models/registry/verification-key.ts'
import type { ModelVersion } from '../../models/registry/version.ts'
import { writeAtomic } from '../files/write-atomic.ts'
import { readModelFolder } from './read-folder.ts'

/** Hashes by curve, as model signing pairs them. */
const HASHES: Readonly<Record<string, string>> = {
  prime256v1: 'sha256',
  secp384r1: 'sha384',
  secp521r1: 'sha512',
}

/**
 * Reads a private key in PEM (`openssl ecparam -name prime256v1 -genkey -noout`).
 *
 * @throws Error when it is none, or not of curve P-256, P-384 or P-521
 */
export async function readSigningKey(path: string): Promise<KeyObject> {
  let key: KeyObject
  try {
    key = createPrivateKey(await readFile(path))
  } catch (cause) {
    throw new Error(`${path}: expected a private key in PEM: ${(cause as Error).message}`, { cause })
  }
  const curve = key.asymmetricKeyDetails?.namedCurve ?? ''
  if (!HASHES[curve]) {
    throw new Error(
      `${path}: expected an elliptic key of curve P-256, P-384 or P-521, got ${curve || key.asymmetricKeyType}`,
    )
  }
  return key
}

/** Reads a public key in PEM. @throws Error naming the file */
export async function readPublicKey(path: string): Promise<VerificationKey> {
  return readVerificationKey(await readFile(path, 'utf8')).catch(error => {
    throw new Error(`${path}: ${(error as Error).message}`)
  })
}

/** Signs a version's files: a bundle of OpenSSF model signing, without a network. */
export async function signVersion(
  { card }: Pick<ModelVersion, 'card'>,
  files: Record<SignedFile, Uint8Array>,
  key: KeyObject,
): Promise<Uint8Array> {
  const payload = Buffer.from(await modelStatement(`${card.id}@${card.version}`, files))
  const hash = HASHES[key.asymmetricKeyDetails?.namedCurve ?? '']
  const signature = sign(hash, preAuthentication(payload), key)
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
  const bundle = formatBundle(payload.toString('base64'), signature.toString('base64'), await hintOf(spki))
  return Buffer.from(`${bundle}\n`)
}

/** Signs a model's folder. @returns the path of the signature */
export async function signFolder(folder: string, key: KeyObject): Promise<string> {
  const { card, files } = await readModelFolder(folder)
  const cardFile = new Uint8Array(await readFile(path.join(folder, 'card.json')))
  const target = path.join(folder, SIGNATURE_FILE)
  await writeAtomic(target, await signVersion({ card }, { ...files, 'card.json': cardFile }, key))
  return target
}

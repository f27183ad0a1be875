import type { Card } from '../../models/card.ts'
import { decodeUtf8 } from '../../models/files/utf8.ts'
import { readSignature, requireSigned } from '../../models/registry/signature.ts'
import type { SignedFile } from '../../models/registry/signed-statement.ts'
import { readVerificationKey } from '../../models/registry/verification-key.ts'
import { fetchBytes } from './api.ts'

/** A version whose signature has been checked. */
export interface SignedModel {
  card: Card
  /** Checks a file. @throws Error when it is not the one that was signed */
  check(file: SignedFile, bytes: Uint8Array): Promise<void>
}

/**
 * Fetches a version's signature and its card, and checks both.
 *
 * @param url of the pinned version
 * @param pem the public key
 * @throws Error with a sentence for the visitor when the version is not signed by the key, or was changed
 */
export async function openSigned(url: string, pem: string): Promise<SignedModel> {
  const name = decodeURIComponent(url.slice(url.lastIndexOf('/') + 1))
  const refuse = (error: unknown): never => {
    throw new Error(`This page shows only signed models, and ${name} is not one: ${(error as Error).message}`)
  }
  const key = await readVerificationKey(pem)
  const bundle = await fetchBytes(`${url}/model.sig`).catch(refuse)
  const digests = await readSignature(bundle, key).catch(refuse)
  const check = (file: SignedFile, bytes: Uint8Array) => requireSigned(digests, file, bytes).catch(refuse)
  const card = await fetchBytes(`${url}/card.json`)
  await check('card.json', card)
  return { card: JSON.parse(decodeUtf8(card)) as Card, check }
}

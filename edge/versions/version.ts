import { Card } from '../../models/card.ts'
import { describedFile, fileKey, MODEL_FILES, type ModelFile } from '../../models/registry/keys.ts'
import type { Bucket } from './bucket.ts'

/** A version out of a bucket: its card, and its files, each with the hash the card says. */
export interface Version {
  card: Card
  files: Record<ModelFile, Uint8Array<ArrayBuffer>>
}

/**
 * Reads a version's card.
 *
 * @returns undefined where the bucket has none
 * @throws Error when the bucket is down, or it is no card, or that of another version
 */
export async function readCard(bucket: Bucket, id: string, version: string): Promise<Card | undefined> {
  const stored = await bucket.get(fileKey(id, version, 'card.json'))
  if (!stored) return undefined
  const { data, error } = Card.safeParse(readJson(stored.bytes))
  if (!data) throw new Error(`card.json: ${error.issues[0].message}`)
  if (data.id === id && data.version === version) return data
  throw new Error(`card.json: expected that of ${id}@${version}, got that of ${data.id}@${data.version}`)
}

/**
 * Reads a version whole and checks it: each file against its card, and encoder and decoder against the version itself,
 * so that not even a card changed along with a file goes through.
 *
 * @throws Error naming the first file that is missing or is not what it should be
 */
export async function readVersion(bucket: Bucket, card: Card): Promise<Version> {
  const read = async (file: ModelFile) => {
    const stored = await bucket.get(fileKey(card.id, card.version, file))
    if (!stored) throw new Error(`${file}: missing in the bucket`)
    if ((await sha256(stored.bytes)) !== describedFile(card, file).sha256) {
      throw new Error(`${file}: its SHA-256 is not the card’s`)
    }
    return [file, stored.bytes] as const
  }
  const files = Object.fromEntries(await Promise.all(MODEL_FILES.map(read))) as Version['files']
  const both = new Uint8Array(files['encoder.onnx'].length + files['decoder.onnx'].length)
  both.set(files['encoder.onnx'])
  both.set(files['decoder.onnx'], files['encoder.onnx'].length)
  const version = (await sha256(both)).slice(0, 12)
  if (version !== card.version) throw new Error(`its files make the version ${version}`)
  return { card, files }
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    throw new Error('card.json: no JSON')
  }
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('')
}

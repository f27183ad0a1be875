import type { Card } from '../card.ts'

/** The files of a version beside its card, by the names they have in URLs, folders and buckets. */
export const MODEL_FILES = ['encoder.onnx', 'decoder.onnx', 'latents.safetensors'] as const

/** The name of one of a version's files. */
export type ModelFile = (typeof MODEL_FILES)[number]

/** All that is stored of a version: a signature only if it was signed. */
export type StoredFile = ModelFile | 'card.json' | 'model.sig'

/** Whether a stored file belongs to the model itself, not its card or its signature. */
export function isModelFile(file: StoredFile): file is ModelFile {
  return file !== 'card.json' && file !== 'model.sig'
}

/** The prefix of all channel files in a bucket. */
export const CHANNELS = 'channels/'

/** The prefix of all versions in a bucket. */
export const VERSIONS = 'models/'

/** The prefix of all canaries' trials in a bucket. */
export const TRIALS = 'trials/'

/** The key of the trial of a model's canary. */
export function trialKey(id: string): string {
  return `${TRIALS}${id}.json`
}

/** The prefix of all test sets in a bucket, and of the hashes of training images, which no test set may contain. */
export const TEST_SETS = 'testsets/'

/** The key of the test images whose set has this hash (`DataIdentity.test.sha256`). */
export function testSetKey(sha256: string): string {
  return `${TEST_SETS}${sha256}.safetensors`
}

/** The key of the hashes of the training images whose set has this hash (`DataIdentity.train.sha256`). */
export function trainingHashesKey(sha256: string): string {
  return `${TEST_SETS}${sha256}.trained.json`
}

/** The key of a model's channel file. */
export function channelKey(id: string): string {
  return `${CHANNELS}${id}.json`
}

/** The key of a file of a version. A version exists if its card does: the card is written last and deleted first. */
export function fileKey(id: string, version: string, file: StoredFile): string {
  return `${VERSIONS}${id}/${version}/${file}`
}

/** The id in a channel file's key; undefined for any other key. */
export function readChannelKey(key: string): string | undefined {
  return /^channels\/([^/]+)\.json$/.exec(key)?.[1]
}

/** The parts of the key of a version's file; undefined for any other key. */
export function readFileKey(key: string): { id: string; version: string; file: string } | undefined {
  const match = /^models\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(key)
  return match ? { id: match[1], version: match[2], file: match[3] } : undefined
}

/** The size and SHA-256 that a card states of one of its files. */
export function cardFile(card: Card, file: ModelFile): { bytes: number; sha256: string } {
  return card.files[file.slice(0, file.indexOf('.')) as keyof Card['files']]
}

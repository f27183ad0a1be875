import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { z } from 'zod'
import { writeAtomic } from '../../../export/files/write-atomic.ts'
import type { Bucket } from '../../../export/registry/stores/bucket.ts'
import { openFolder } from '../../../export/registry/stores/folder.ts'
import { openRemote, readAccount } from '../../../export/registry/stores/remote-r2.ts'
import { loadRun, runFiles } from '../../fit/run.ts'

/** Keeps the checkpoints of runs where every machine can read them. */
export interface CheckpointStore {
  /** Stores the last checkpoint of a run with the files that resuming needs. Does nothing if there is no checkpoint. */
  save(id: string, directory: string): Promise<void>
  /**
   * Writes the stored checkpoint into a run directory if it is from a later epoch than the one there; resolves with its
   * epoch.
   */
  restore(id: string, directory: string): Promise<number | null>
  remove(id: string): Promise<void>
}

const Head = z.object({
  epoch: z.int().min(0),
  files: z.array(z.tuple([z.string(), z.int().min(0)])),
})

/**
 * Opens the store given by `--store`: a folder, or `s3://bucket/prefix`, for which the environment has R2_ENDPOINT (or
 * R2_ACCOUNT_ID), R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY.
 *
 * @throws Error naming the variables that are missing
 */
export function openCheckpointStore(name: string): CheckpointStore {
  const match = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(name)
  if (!match) return checkpointStore(openFolder(resolve(name)), '')
  const [, bucket, prefix] = match
  const account = { ...readAccount({ ...process.env, R2_BUCKET: bucket }), pause: 500 }
  return checkpointStore(openRemote(account), prefix ? `${prefix.replace(/\/$/, '')}/` : '')
}

/** A store of checkpoints in a bucket, each one object, so that it is always whole. */
export function checkpointStore(bucket: Bucket, prefix: string): CheckpointStore {
  const keyOf = (id: string) => `${prefix}checkpoints/${id}`
  return {
    async save(id, directory) {
      const content = await packCheckpoint(directory)
      if (content) await bucket.put(keyOf(id), content)
    },
    async restore(id, directory) {
      const stored = await bucket.get(keyOf(id))
      if (!stored) return null
      const { epoch, files } = unpackCheckpoint(Buffer.from(stored.bytes))
      const here = existsSync(runFiles(directory).checkpoint) ? await loadRun(directory) : null
      if (here && here.epochs >= epoch) return here.epochs
      await mkdir(directory, { recursive: true })
      for (const [file, bytes] of files) await writeAtomic(join(directory, file), bytes)
      return epoch
    },
    remove: id => bucket.remove(keyOf(id)),
  }
}

/**
 * Packs a run's checkpoint and the files that resuming needs: one line of JSON, then the bytes of the files. The
 * checkpoint is read first: the metrics are written before it, so they then contain at least its epochs.
 */
async function packCheckpoint(directory: string): Promise<Buffer | null> {
  const { checkpoint, metrics, run } = runFiles(directory)
  if (!existsSync(checkpoint)) return null
  const files: [string, Buffer][] = []
  for (const path of [checkpoint, metrics, run]) files.push([basename(path), await readFile(path)])
  const epochs = (await loadRun(directory))?.epochs ?? 0
  const head = { epoch: epochs, files: files.map(([name, bytes]) => [name, bytes.length]) }
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...files.map(([, bytes]) => bytes)])
}

function unpackCheckpoint(content: Buffer): { epoch: number; files: [string, Buffer][] } {
  const end = content.indexOf('\n')
  const { epoch, files } = Head.parse(JSON.parse(content.toString('utf8', 0, end)))
  let at = end + 1
  return {
    epoch,
    files: files.map(([name, size]) => {
      const bytes = content.subarray(at, at + size)
      if (bytes.length < size)
        throw new Error(`checkpoint: expected ${size} bytes of ${name}, got ${bytes.length}`)
      at += size
      return [basename(name), bytes]
    }),
  }
}

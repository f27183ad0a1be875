import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readJson } from '../../export/files/read-json.ts'
import { writeAtomic } from '../../export/files/write-atomic.ts'
import { formatRun } from '../step/run/format-run.ts'
import { EpochRecord, Run } from '../step/run/record.ts'

/** The files of a run directory. */
export function runFiles(directory: string) {
  return {
    run: join(directory, 'run.json'),
    metrics: join(directory, 'metrics.jsonl'),
    checkpoint: join(directory, 'state.safetensors'),
    /** The checkpoint before the last, used if the last is damaged. */
    previousCheckpoint: join(directory, 'state-previous.safetensors'),
    events: join(directory, 'events'),
    /** Held by the process that trains in the directory. */
    lock: join(directory, 'lock'),
  }
}

/** Writes run.json atomically. */
export async function saveRun(directory: string, run: Run): Promise<void> {
  await writeAtomic(runFiles(directory).run, formatRun(run))
}

/**
 * Reads run.json; null if it does not exist.
 *
 * @throws Error naming the file when its content is invalid
 */
export function loadRun(directory: string): Promise<Run | null> {
  return readJson(runFiles(directory).run, Run, "a run's description")
}

/**
 * Reads the epochs of metrics.jsonl up to `epoch`, in order. Later lines were written after the checkpoint and are
 * dropped.
 */
export async function loadEpochs(directory: string, epoch: number): Promise<EpochRecord[]> {
  const text = await readFile(runFiles(directory).metrics, 'utf8').catch(() => '')
  const lines = text.split('\n').filter(line => line.endsWith('}'))
  return lines.map(line => EpochRecord.parse(JSON.parse(line))).filter(record => record.epoch <= epoch)
}

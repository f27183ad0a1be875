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
 * Reads the epochs of metrics.jsonl up to `epoch`, in order; none if there is no such file. Later lines were written after
 * the checkpoint and are dropped, as is a last line without its line break, which was cut off.
 *
 * @throws Error naming the file and the line when it is not an epoch's record
 */
export async function loadEpochs(directory: string, epoch: number): Promise<EpochRecord[]> {
  const path = runFiles(directory).metrics
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return ''
    throw cause
  })
  const records = text
    .split('\n')
    .slice(0, -1)
    .map((line, i) => parseEpoch(line, `${path}, line ${i + 1}`))
  return records.filter(record => record.epoch <= epoch)
}

function parseEpoch(line: string, where: string): EpochRecord {
  try {
    return EpochRecord.parse(JSON.parse(line))
  } catch (cause) {
    throw new Error(`${where} is not an epoch's record: ${(cause as Error).message}`, { cause })
  }
}

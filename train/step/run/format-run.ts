import type { EpochRecord, Run } from './record.ts'

/** The text of run.json. */
export function formatRun(run: Run): string {
  return `${JSON.stringify(run, null, 2)}\n`
}

/** An epoch's line of metrics.jsonl. */
export function formatEpoch(record: EpochRecord): string {
  return `${JSON.stringify(record)}\n`
}

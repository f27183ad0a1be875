import type { Outputs } from './engine.ts'

/** To a worker: run a network. `bytes` holds its file the first time; later jobs name it by `key`. */
export interface Job {
  id: number
  key: string
  bytes: Uint8Array | undefined
  input: Float32Array
  batch: number
}

/** From a worker: a job's outcome, or that its device is gone. */
export type Reply = { id: number; outputs: Outputs } | { id: number; error: string } | { lost: string }

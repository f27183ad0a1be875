import type { Outputs } from './engine.ts'

/** To a worker: run a network. The first job brings the network's file in `bytes`, later ones name it by `key`. */
export interface Job {
  id: number
  key: string
  bytes: Uint8Array | undefined
  /** The network's inputs joined row by row, [batch, sum of `widths`]. */
  input: Float32Array
  /** Features of each input. */
  widths: readonly number[]
  batch: number
}

/** From a worker: a job's outcome, or that its device is gone. */
export type Reply = { id: number; outputs: Outputs } | { id: number; error: string } | { lost: string }

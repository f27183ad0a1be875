import type { Loss } from './paper-rows.ts'

/**
 * The losses of a model trained by the paper's protocol on FreyFace: on frames it was trained on, on frames kept out, and
 * on test sets drawn from all frames, those trained on among them (`node train/paper/all-frames-cli.ts`).
 */
export interface AllFrames {
  /** The result's name: `frey-ae-l2-z2-mse-paper`. */
  name: string
  /** SHA-256 of the weights measured. */
  weights: string
  /** Test sets drawn, and frames in each. */
  draws: number
  frames: number
  /** Share of their frames that the model was trained on. */
  seen: number
  /** Per pixel, of a VAE at z drawn. */
  losses: Record<Loss, FrameLosses>
}

/** A loss on three choices of frames. */
export interface FrameLosses {
  /** On the fold's training frames. */
  trained: number
  /** On the test frames, which no training saw. */
  keptOut: number
  /** Mean and sample standard deviation over the test sets drawn from all frames. */
  drawn: { mean: number; std: number }
}

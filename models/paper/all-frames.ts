import { z } from 'zod'

/** A loss on four choices of frames. */
const FrameLosses = z.strictObject({
  /** On the training frames. */
  trained: z.number(),
  /** On the fold held out, as in the run's result. */
  heldOut: z.number(),
  /** On the test frames, which no training saw, as in the run's result. */
  keptOut: z.number(),
  /** Mean and sample standard deviation over the test sets drawn from all frames. */
  drawn: z.strictObject({ mean: z.number(), std: z.number() }),
})
export type FrameLosses = z.infer<typeof FrameLosses>

/**
 * The losses of one run by the paper's protocol on FreyFace: on frames it was trained on, on frames kept out, and on test
 * sets drawn from all frames, those trained on among them (`npm run all-frames`).
 */
export const AllFrames = z.strictObject({
  /** The result's name: `frey-ae-l2-z2-mse-paper`. */
  name: z.string(),
  /** The fold held out, and the seed. */
  fold: z.int().min(0),
  seed: z.int().min(0),
  /** SHA-256 of the weights measured. */
  weights: z.string(),
  /** Test sets drawn, and frames in each. */
  draws: z.int().min(1),
  frames: z.int().min(1),
  /** Share of their frames that the model was trained on. */
  seen: z.number(),
  /** Per pixel, of a VAE at z drawn. */
  losses: z.strictObject({ bce: FrameLosses, mse: FrameLosses, l1: FrameLosses }),
})
export type AllFrames = z.infer<typeof AllFrames>

/**
 * The MSE of a model trained by the paper's protocol on test sets of FreyFace drawn from all frames, those trained on
 * among them (`node train/paper/all-frames-cli.ts`).
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
  /** Squared intensity per pixel, of a VAE at z drawn: mean and sample standard deviation over the test sets. */
  mean: number
  std: number
}

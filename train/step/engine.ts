/** Every tensor of training by name: each parameter and its two Adam sums (see `stateNames`), row-major float32. */
export type State = Record<string, Float32Array>

/** Consecutive training steps on batches of one size. Per-step arrays have `count` entries. */
export interface Steps {
  count: number
  /** Images a batch. */
  batch: number
  /** [count, batch, D_x], 0 … 255. */
  pixels: Uint8Array
  /** Class probabilities, [count, batch, classes]; null for a model that is not conditional. */
  y: Float32Array | null
  /** Standard normals, [count, L, batch, D_z]; null for an AE. */
  eps: Float32Array | null
  /** Weight of the KL term. */
  beta: Float32Array
  /** Adam's folded learning rate and epsilon (`adamScalars`). */
  rate: Float32Array
  epsilon: Float32Array
}

/** Per-step values of the objective, nats per image: means over the batch. */
export interface StepLosses {
  loss: Float32Array
  reconstruction: Float32Array
  kl: Float32Array
}

/** Takes training steps and holds the state between them. Runs are made one at a time, in order. */
export interface Engine {
  readonly name: 'onnx' | 'tfjs'
  /** What computes, as run.json records it; 'tensorflow' is TensorFlow's native library on the CPU. */
  readonly device: 'cpu' | 'webgpu' | 'cuda' | 'tensorflow'
  run(steps: Steps): Promise<StepLosses>
  /** A copy of the state after the last run. */
  read(): Promise<State>
  close(): Promise<void>
}

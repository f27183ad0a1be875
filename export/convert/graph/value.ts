import type { Node, Value as OnnxValue } from '../../../models/onnx/encode-model.ts'

/** A size, or the name of one that is known only when the model runs. */
export type Dim = number | string

/** A tensor of the graph being built. */
export interface Value extends OnnxValue {
  dims: readonly Dim[]
  /** Its numbers, if they are known at conversion. */
  constant?: Constant
  /** The unmasked time steps, bool [batch, time]; passed from Masking and Embedding to recurrent layers. */
  mask?: Value
}

/**
 * Numbers of an initializer. `axis`, for weights that may be stored as int8, is the axis with one scale for each index.
 */
export interface Constant {
  values: ArrayLike<number>
  /** Trained weights are stored in the chosen precision; other constants are exact. */
  weight: boolean
  axis?: number
}

/** A node with a name. */
export interface NamedNode extends Node {
  results: readonly Value[]
  /** Names of outer values that the subgraphs in its attributes read. */
  captured: readonly string[]
}

import type { Node, Value as OnnxValue } from '../../../models/onnx/encode-model.ts'

/** A size, or the name of one that is known only when the model runs. */
export type Dim = number | string

/** A tensor of the graph being built. */
export interface Value extends OnnxValue {
  dims: readonly Dim[]
  /** Its numbers, when they are known at conversion. */
  constant?: Constant
  /** The unmasked time steps, bool [batch, time]; passed from Masking and Embedding to recurrent layers. */
  mask?: Value
}

/** Numbers of an initializer. `axis` is the one along which int8 gets a scale each, for weights that may become int8. */
export interface Constant {
  values: ArrayLike<number>
  /** Trained weights are stored in the chosen precision; other constants are exact. */
  weight: boolean
  axis?: number
}

/** A node with a name. */
export interface NamedNode extends Node {
  results: readonly Value[]
  /** Names of values outside that the subgraphs among its attributes read. */
  captured: readonly string[]
}

import type { Attribute, DataType } from '../../../models/onnx/encode-model.ts'
import type { Dim, Value } from './value.ts'

/** The type and sizes of an operator's output, where they are known before it runs. */
export interface Inferred {
  type: DataType
  dims: readonly Dim[]
}

/** Inputs of a node; null for an optional input that is left out. */
export type Inputs = readonly (Value | null)[]

/** Attributes of a node, by name. */
export type Attributes = Readonly<Record<string, Attribute>>
/**
 * Infers the outputs of an operator from its inputs. `outputs` are the names of the results, for sizes known only at
 * run time.
 */
export type Rule = (inputs: Inputs, attributes: Attributes, outputs: readonly string[]) => Inferred[]

/** An attribute that is an integer. */
export const int = (attributes: Attributes, key: string, otherwise: number): number => {
  const attribute = attributes[key]
  return attribute && 'int' in attribute ? attribute.int : otherwise
}
/** An attribute that is a list of integers. */
export const ints = (attributes: Attributes, key: string): readonly number[] | undefined => {
  const attribute = attributes[key]
  return attribute && 'ints' in attribute ? attribute.ints : undefined
}
/** The numbers of an input that is a constant. */
export const numbers = (value: Value | null | undefined): number[] | undefined =>
  value?.constant && Array.from(value.constant.values)

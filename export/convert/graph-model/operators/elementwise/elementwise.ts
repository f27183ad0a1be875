import type { Builder } from '../../../graph/builder.ts'
import type { Value } from '../../../graph/value.ts'
import type { DType } from '../../topology/attributes.ts'
import { type Element, tensorOf } from '../../topology/tensor.ts'
import {
  broadcasted,
  elementwiseCast,
  foldElementwise,
  type OperatorDefinition,
  promoted,
} from '../operation.ts'

/** Adds operators for two operands, of floats or of integers. */
export type EmitBinary = (graph: Builder, a: Value, b: Value) => Value

/** Options of `binary`. */
export interface BinaryOptions {
  /** Element type of the result; that of the operands by default. */
  result?: DType
  /** The element of the result if not both elements are numbers. */
  symbolic?: (a: Element, b: Element) => Element
}

/**
 * Defines an elementwise operator of two operands, which are cast to one element type and broadcast.
 *
 * @param compute the same on numbers, for elements that are known at conversion
 */
export function binary(
  emit: EmitBinary,
  compute: (a: number, b: number) => number,
  { result, symbolic }: BinaryOptions = {},
): OperatorDefinition {
  return {
    convert: ({ graph, input }) => {
      const [a, b] = promoted(graph, [input(0), input(1)])
      return broadcasted(graph, [a, b], (x, y) => emit(graph, x, y))
    },
    fold: ({ graph, input }) => {
      const [a, b] = [input(0), input(1)]
      if (!a.elements || !b.elements) return undefined
      const [{ dtype }] = promoted(graph, [a, b])
      return foldElementwise(
        [a, b],
        result ?? dtype,
        (x, y) => rounded(compute(x, y), result ?? dtype, dtype),
        symbolic,
      )
    },
  }
}

/** A number as the element type stores it; undefined if it cannot. */
function rounded(value: number, dtype: DType, operands: DType): number | undefined {
  if (!Number.isFinite(value)) return undefined
  if (dtype === 'float32' && operands === 'float32') return Math.fround(value)
  return Number.isInteger(value) ? value : undefined
}

/**
 * Defines an elementwise operator of one operand. Integers are cast to floats first, unless `keepsIntegers`.
 *
 * @param compute the same on numbers, for elements that are known at conversion
 */
export function unary(
  emit: (graph: Builder, x: Value) => Value,
  compute?: (x: number) => number,
  keepsIntegers = false,
): OperatorDefinition {
  return {
    convert: ({ graph, input }) => {
      const x = input(0)
      const direct = x.dtype === 'float32' || keepsIntegers
      const operand = direct ? x : tensorOf(elementwiseCast(graph, x, 'float32'))
      return broadcasted(graph, [operand], value => emit(graph, value))
    },
    fold: ({ input }) => {
      const x = input(0)
      if (!compute || !x.elements) return undefined
      const dtype = keepsIntegers ? x.dtype : 'float32'
      return foldElementwise([x], dtype, value => rounded(compute(value), dtype, dtype))
    },
  }
}

import fc from 'fast-check'
import { ACTIVATION_NAMES } from '../layers-model/layers/activation.ts'

/** A layer in the format of a topology. */
export interface LayerJson {
  className: string
  config: Record<string, unknown>
}

/**
 * How an input is filled: normals times `scale` plus `shift`, integers from 0, or normals with some time steps of
 * zeros.
 */
export type Filling =
  | { kind: 'normal'; scale: number; shift: number }
  | { kind: 'integers'; below: number }
  | { kind: 'gaps' }

/** One input: its shape in the model without the batch, where null is open, and the sizes it is tried with. */
export interface InputSample {
  shape: (number | null)[]
  sizes: number[]
  filling: Filling
}

/** A small model to convert: a chain of layers, of which the first takes all inputs. */
export interface Sample {
  layers: LayerJson[]
  inputs: InputSample[]
}

/** An integer from `min` to `max`, both included. */
export const int = (min: number, max: number) => fc.integer({ min, max })
/** True or false. */
export const bool = fc.boolean()
/** The size of an axis: small, so that a check is quick. */
export const small = int(1, 5)
/** Any activation function that is converted. */
export const activation = fc.constantFrom(...ACTIVATION_NAMES)
/** The padding of a convolution or pool. */
export const padding = fc.constantFrom('valid', 'same')
/** The order of axes of images. */
export const format = fc.constantFrom('channels_last', 'channels_first')
/** How an input is filled: normally distributed values of several scales and means. */
export const filling: fc.Arbitrary<Filling> = fc.record({
  kind: fc.constant('normal' as const),
  scale: fc.constantFrom(0.1, 1, 10),
  shift: fc.constantFrom(0, 0, 3),
})

/** An input of these sizes, some of which may be left open in the model. */
export function input(
  sizes: fc.Arbitrary<number[]>,
  open: 'none' | 'any' | 'space' = 'none',
): fc.Arbitrary<InputSample> {
  return fc
    .record({ sizes, filling, hide: fc.constantFrom('none', ...(open === 'none' ? [] : ['first', 'all'])) })
    .map(
      ({ sizes: s, filling: f, hide }): InputSample => ({
        sizes: s,
        shape: s.map((size, axis) => {
          const may = open === 'any' || axis < s.length - 1
          return may && (hide === 'all' || (hide === 'first' && axis === 0)) ? null : size
        }),
        filling: f,
      }),
    )
}

/** One number of each kind, as an array. */
export const vector = (...sizes: fc.Arbitrary<number>[]) =>
  fc.tuple(...sizes) as unknown as fc.Arbitrary<number[]>
/** A shape of `least` to `most` axes. */
export const shapes = (least: number, most: number) => fc.array(small, { minLength: least, maxLength: most })
/** A model of one layer. */
export const one = (
  className: string,
  config: Record<string, unknown>,
  ...inputs: InputSample[]
): Sample => ({
  layers: [{ className, config }],
  inputs,
})

/** A layer with one input; `config` is drawn field by field. */
export function plain(
  className: string,
  sizes: fc.Arbitrary<InputSample>,
  config: Record<string, fc.Arbitrary<unknown>> = {},
): fc.Arbitrary<Sample> {
  return fc.tuple(fc.record(config), sizes).map(([c, x]) => one(className, c, x))
}

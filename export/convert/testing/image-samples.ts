import fc from 'fast-check'
import {
  activation,
  bool,
  format,
  input,
  int,
  one,
  padding,
  plain,
  type Sample,
  small,
  vector,
} from './drawing.ts'

/** [height, width, channels], in the order the drawn data_format says. */
export function image(
  className: string,
  config: Record<string, fc.Arbitrary<unknown>>,
  least = 1,
  open: 'none' | 'space' = 'space',
): fc.Arbitrary<Sample> {
  const sizes = vector(int(least, 9), int(least, 9), small)
  return fc.tuple(fc.record({ dataFormat: format, ...config }), input(sizes, open)).map(([c, x]) => {
    if (c.dataFormat === 'channels_last') return one(className, c, x)
    const turn = <T>([h, w, channels]: T[]) => [channels, h, w]
    return one(className, c, { ...x, sizes: turn(x.sizes), shape: turn(x.shape) })
  })
}

/** An option of two axes: one number for both, or one for each. */
export const pair = (min: number, max: number) =>
  fc.oneof(int(min, max), vector(int(min, max), int(min, max)))

/** TF.js takes a stride or a dilation other than 1, not both. */
const stridesOrDilation = (rank: number) =>
  fc.oneof(
    fc.record({ strides: fc.array(int(1, 3), { minLength: rank, maxLength: rank }) }),
    fc.record({ dilationRate: fc.array(int(1, 2), { minLength: rank, maxLength: rank }) }),
  )

/** Samples of a convolution layer of the given class. */
export function conv(
  className: string,
  rank: number,
  config: Record<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<Sample> {
  const kernelSize = fc.array(int(rank < 3 ? 1 : 3, 3), { minLength: rank, maxLength: rank })
  const sizes = vector(...Array.from({ length: rank }, () => int(5, 9)), small)
  const common = { kernelSize, padding, activation, useBias: bool, ...config }
  return fc
    .tuple(fc.record(common), stridesOrDilation(rank), input(sizes))
    .map(([c, steps, x]) => one(className, { ...c, ...steps }, x))
}

/** With padding "same" a window smaller than its stride needs a known size, so open sizes are drawn apart. */
export const pool1d = (className: string) =>
  fc.oneof(
    plain(className, input(vector(int(4, 9), small)), { poolSize: int(1, 4), strides: int(1, 3), padding }),
    plain(className, input(vector(int(4, 9), small), 'space'), {
      poolSize: int(3, 4),
      strides: int(1, 3),
      padding,
    }),
  )
/** A pooling layer in two dimensions, with and without strides of its own. */
export const pool2d = (className: string) =>
  fc.oneof(
    image(className, { poolSize: pair(1, 3), strides: fc.option(pair(1, 3)), padding }, 4, 'none'),
    image(className, { poolSize: pair(2, 3), strides: fc.option(pair(1, 2)), padding }, 4),
  )
/** Likewise in 3 dimensions, even with a known size. */
export const pool3d = (className: string) =>
  plain(className, input(vector(int(3, 5), int(3, 5), int(3, 5), small)), {
    poolSize: int(2, 3),
    strides: int(1, 2),
    padding,
  })

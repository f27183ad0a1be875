import fc from 'fast-check'
import {
  bool,
  filling,
  type InputSample,
  input,
  int,
  one,
  type Sample,
  shapes,
  small,
  vector,
} from './drawing.ts'

/** Inputs that fit each other, now and then with sizes of 1 or fewer axes. */
export function merge(className: string): fc.Arbitrary<Sample> {
  return fc
    .tuple(
      shapes(1, 3),
      fc.array(fc.array(bool, { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 4 }),
      filling,
    )
    .map(([sizes, ones, f]) => {
      const inputs = ones.map((flags, i): InputSample => {
        const s = sizes.map((size, axis) => (i > 0 && flags[axis] ? 1 : size))
        return { shape: s, sizes: s, filling: f }
      })
      return one(className, {}, ...inputs)
    })
}

/** Samples of Concatenate along any axis. */
export function concatenate(): fc.Arbitrary<Sample> {
  return fc
    .tuple(shapes(1, 3), fc.array(small, { minLength: 2, maxLength: 4 }), int(0, 3), filling)
    .map(([sizes, along, chosen, f]) => {
      const axis = chosen % sizes.length
      const inputs = along.map((size): InputSample => {
        const s = sizes.with(axis, size)
        return { shape: s, sizes: s, filling: f }
      })
      return one('Concatenate', { axis: axis === sizes.length - 1 ? -1 : axis + 1 }, ...inputs)
    })
}

/** Samples of Dot along any axes of its two inputs. */
export function dot(): fc.Arbitrary<Sample> {
  return fc
    .record({
      ranks: vector(int(1, 2), int(1, 2)),
      axes: vector(int(0, 1), int(0, 1)),
      k: small,
      m: small,
      n: small,
    })
    .chain(({ ranks, axes, k, m, n }) =>
      fc.record({ normalize: bool, filling }).map(({ normalize, filling: f }) => {
        const places = ranks.map((rank, i) => (rank === 1 ? 0 : axes[i]))
        const inputs = ranks.map((rank, i): InputSample => {
          const s = rank === 1 ? [k] : places[i] === 0 ? [k, i ? n : m] : [i ? n : m, k]
          return { shape: s, sizes: s, filling: f }
        })
        return one('Dot', { axes: places.map(place => place + 1), normalize }, ...inputs)
      }),
    )
}

/** Samples of Reshape. */
export function reshape(): fc.Arbitrary<Sample> {
  return fc.tuple(shapes(2, 3), int(0, 3), filling).map(([sizes, open, f]) => {
    const target =
      open < sizes.length ? sizes.toReversed().with(open, -1) : [sizes[0] * sizes[1], ...sizes.slice(2)]
    return one('Reshape', { targetShape: target }, { shape: sizes, sizes, filling: f })
  })
}

/** Samples of Permute. */
export function permute(): fc.Arbitrary<Sample> {
  return shapes(1, 4).chain(sizes =>
    fc
      .tuple(
        fc.shuffledSubarray(
          sizes.map((_, i) => i + 1),
          { minLength: sizes.length },
        ),
        input(fc.constant(sizes), 'any'),
      )
      .map(([dims, x]) => one('Permute', { dims }, x)),
  )
}

/** Samples of a normalization layer of the given class. */
export function normalization(
  className: string,
  config: Record<string, fc.Arbitrary<unknown>>,
  several: boolean,
): fc.Arbitrary<Sample> {
  return shapes(1, 3).chain(sizes => {
    const axis = fc.oneof(fc.constant(-1), int(1, sizes.length))
    const axes = fc.uniqueArray(int(1, sizes.length), { minLength: 1, maxLength: 2 })
    const last = fc.constantFrom(-1, sizes.length)
    const common = { axis: several ? fc.oneof(axis, axes) : last, epsilon: fc.constantFrom(1e-3, 1e-5) }
    const x = fc.record({
      kind: fc.constant('normal' as const),
      scale: fc.constantFrom(1, 10),
      shift: fc.constantFrom(0, 3),
    })
    return fc
      .tuple(fc.record({ ...common, ...config }), x)
      .map(([c, f]) => one(className, c, { shape: sizes, sizes, filling: f }))
  })
}

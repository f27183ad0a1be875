import fc from 'fast-check'
import { bool, int } from '../drawing.ts'
import { attr, dims, each, flags, float, type GraphSample, ints, number, small, vector } from './sample.ts'

type Samples = Record<string, fc.Arbitrary<GraphSample>>
const F = { T: attr.type('float32') }

const shapes: Samples = {
  ...each(['Shape', 'Size', 'Rank'], () =>
    dims(1, 4).map(sizes => ({ attr: F, inputs: [float(sizes, { open: true })] })),
  ),
  ...each(['ShapeN'], () =>
    fc
      .tuple(dims(1, 3), dims(1, 3))
      .map(([a, b]) => ({ attr: { N: attr.i(2) }, inputs: [float(a), float(b)], outputs: 2 })),
  ),
  ...each(['Reshape'], () =>
    fc.tuple(dims(2, 4), bool, bool).map(([sizes, open, rest]) => {
      const target = rest ? [sizes[0], -1] : [...sizes.slice(0, -2), sizes.at(-2)! * sizes.at(-1)!]
      return { attr: F, inputs: [float(sizes, { open }), vector(target)] }
    }),
  ),
  ...each(['Squeeze'], () =>
    fc.tuple(dims(1, 3), bool).map(([sizes, listed]) => ({
      attr: { ...F, squeeze_dims: attr.ints(listed ? [1] : []) },
      inputs: [float([sizes[0], 1, ...sizes.slice(1)])],
    })),
  ),
  ...each(['ExpandDims'], () =>
    dims(1, 3).chain(sizes =>
      int(-sizes.length - 1, sizes.length).map(axis => ({ attr: F, inputs: [float(sizes), number(axis)] })),
    ),
  ),
  ...each(['Pack'], () =>
    fc.tuple(dims(0, 3), int(1, 3)).chain(([sizes, count]) =>
      int(0, sizes.length).map(axis => ({
        attr: { axis: attr.i(axis), N: attr.i(count) },
        inputs: Array.from({ length: count }, () => float(sizes)),
      })),
    ),
  ),
  ...each(['Unpack'], () =>
    dims(1, 3).chain(sizes =>
      int(0, sizes.length - 1).map(axis => ({
        attr: { axis: attr.i(axis), num: attr.i(sizes[axis]) },
        inputs: [float(sizes)],
        outputs: sizes[axis],
      })),
    ),
  ),
  ...each(['Split'], () =>
    fc.tuple(dims(1, 3), int(1, 3)).chain(([sizes, parts]) =>
      int(0, sizes.length - 1).map(axis => ({
        attr: { num_split: attr.i(parts) },
        inputs: [number(axis), float(sizes.with(axis, sizes[axis] * parts))],
        outputs: parts,
      })),
    ),
  ),
  ...each(['SplitV'], () =>
    fc.tuple(dims(1, 3), dims(2, 3), bool).map(([sizes, parts, open]) => ({
      attr: { num_split: attr.i(parts.length) },
      inputs: [
        float(
          sizes.with(
            0,
            parts.reduce((a, b) => a + b),
          ),
        ),
        vector(open ? parts.with(-1, -1) : parts),
        number(0),
      ],
      outputs: parts.length,
    })),
  ),
  ...each(['ConcatV2', 'Concat'], op =>
    fc.tuple(dims(1, 4), dims(2, 3)).chain(([sizes, along]) =>
      int(-sizes.length, sizes.length - 1).map(axis => {
        const list = along.map(size => float(sizes.with(axis, size)))
        return {
          attr: { N: attr.i(along.length) },
          inputs: op === 'Concat' ? [number(axis), ...list] : [...list, number(axis)],
        }
      }),
    ),
  ),
  ...each(['Transpose'], () =>
    dims(1, 4).chain(sizes =>
      fc
        .shuffledSubarray(
          sizes.map((_, i) => i),
          { minLength: sizes.length },
        )
        .map(perm => ({ attr: F, inputs: [float(sizes, { open: true }), vector(perm)] })),
    ),
  ),
  ...each(['Tile'], () =>
    dims(1, 3).chain(sizes =>
      fc
        .array(int(1, 3), { minLength: sizes.length, maxLength: sizes.length })
        .map(times => ({ attr: F, inputs: [float(sizes), vector(times)] })),
    ),
  ),
  ...each(['BroadcastTo'], () =>
    fc.tuple(dims(1, 3), bool).map(([sizes, first]) => ({
      attr: F,
      inputs: [float(first ? sizes.with(0, 1) : sizes), vector(sizes)],
    })),
  ),
  ...each(['Fill'], () =>
    fc.tuple(dims(0, 3), bool).map(([sizes, whole]) => ({
      attr: F,
      inputs: [vector(sizes), whole ? ints([], { range: [1, 9] }) : float([])],
    })),
  ),
  ...each(['Range'], () =>
    fc.tuple(int(-3, 3), int(0, 9), int(1, 3), bool).map(([start, length, step, constant]) => ({
      attr: { Tidx: attr.type('int32') },
      inputs: [start, start + length, step].map(value => ints([], { values: [value], constant })),
    })),
  ),
  ...each(['IdentityN'], () =>
    dims(1, 3).map(sizes => ({ attr: {}, inputs: [float(sizes), float(sizes)], outputs: 2 })),
  ),
}

/** A slice of each axis with masks, as Python's subscripts give them. */
const stridedSlice = dims(1, 4, int(1, 5)).chain(sizes =>
  fc
    .tuple(
      fc.array(fc.tuple(int(-5, 5), int(-5, 5), fc.constantFrom(1, 1, 2, -1, -2)), {
        minLength: sizes.length,
        maxLength: sizes.length,
      }),
      int(0, 15),
      int(0, 15),
      int(0, 15),
    )
    .map(([drawn, begin, end, shrunk]) => {
      // Beside a single index TF.js takes the wrong elements by steps.
      const shrink = drawn.every(([, , step]) => step === 1) ? shrunk : 0
      const bounds = drawn
      const picked = bounds.map(([b, e, s], i) =>
        (shrink >> i) & 1 ? [((b % sizes[i]) + sizes[i]) % sizes[i], e, 1] : [b, e, s],
      )
      return {
        attr: {
          begin_mask: attr.i(begin & ~shrink),
          end_mask: attr.i(end),
          shrink_axis_mask: attr.i(shrink & ((1 << sizes.length) - 1)),
          ellipsis_mask: attr.i(0),
          new_axis_mask: attr.i(0),
        },
        inputs: [float(sizes), ...[0, 1, 2].map(k => vector(picked.map(bound => bound[k])))],
      }
    }),
)

const slices: Samples = {
  StridedSlice: stridedSlice.map(sample => ({ op: 'StridedSlice', ...sample })),
  ...each(['Slice'], () =>
    dims(1, 4).chain(sizes =>
      fc
        .array(fc.tuple(int(0, 3), int(-1, 3)), { minLength: sizes.length, maxLength: sizes.length })
        .map(drawn => {
          const begin = drawn.map(([b], i) => b % sizes[i])
          const size = drawn.map(([, s], i) => (s === -1 ? -1 : Math.min(s, sizes[i] - begin[i])))
          return { attr: F, inputs: [float(sizes), vector(begin), vector(size)] }
        }),
    ),
  ),
  ...each(['ReverseV2'], () =>
    dims(1, 4).chain(sizes =>
      fc
        .uniqueArray(int(0, sizes.length - 1), { minLength: 1 })
        .map(axes => ({ attr: F, inputs: [float(sizes), vector(axes)] })),
    ),
  ),
}

const gathering: Samples = {
  ...each(['Gather'], () =>
    fc
      .tuple(dims(1, 3), dims(0, 2))
      .map(([sizes, at]) => ({ attr: F, inputs: [float(sizes), ints(at, { range: [0, sizes[0] - 1] })] })),
  ),
  ...each(['GatherV2'], () =>
    fc.tuple(dims(1, 3), dims(0, 2), bool).chain(([sizes, at, constant]) =>
      int(0, sizes.length - 1).map(axis => ({
        attr: { batch_dims: attr.i(0) },
        inputs: [float(sizes), ints(at, { range: [0, sizes[axis] - 1], constant }), number(axis)],
      })),
    ),
  ),
  ...each(['GatherNd'], () =>
    fc.tuple(dims(1, 3), small).chain(([sizes, n]) =>
      int(1, sizes.length).map(depth => ({
        attr: F,
        inputs: [float(sizes), ints([n, depth], { range: [0, Math.min(...sizes) - 1] })],
      })),
    ),
  ),
  ...each(['ScatterNd'], () =>
    fc.tuple(int(2, 5), small, small).map(([rows, n, width]) => ({
      attr: F,
      inputs: [ints([n, 1], { range: [0, rows - 1] }), float([n, width]), vector([rows, width])],
    })),
  ),
  ...each(['TensorScatterUpdate'], () =>
    fc.tuple(int(2, 5), small).map(([rows, width]) => ({
      attr: F,
      inputs: [float([rows, width]), ints([2, 1], { values: [1, 0] }), float([2, width])],
    })),
  ),
  ...each(['SparseToDense'], () =>
    int(3, 6).map(size => ({
      attr: {},
      inputs: [
        ints([2], { values: [0, 2] }),
        vector([size]),
        float([2]),
        float([], { values: [0.5], constant: true }),
      ],
    })),
  ),
  ...each(['Where'], () =>
    dims(1, 3).map(sizes => ({ attr: { T: attr.type('bool') }, inputs: [flags(sizes)] })),
  ),
  ...each(['TopKV2'], () =>
    dims(1, 3).chain(sizes =>
      int(1, sizes.at(-1)!).map(k => ({
        attr: { sorted: attr.b(true) },
        inputs: [float(sizes), number(k)],
        outputs: 2,
      })),
    ),
  ),
  ...each(['OneHot'], () =>
    fc.tuple(dims(1, 2), int(2, 4)).map(([sizes, depth]) => ({
      attr: { axis: attr.i(-1), T: attr.type('float32') },
      inputs: [
        ints(sizes, { range: [0, depth - 1] }),
        number(depth),
        float([], { values: [2], constant: true }),
        float([], { values: [-1], constant: true }),
      ],
    })),
  ),
}

/** Samples of the operators on shapes, slices and indices. */
export const ARRAYS: Samples = { ...shapes, ...slices, ...gathering }

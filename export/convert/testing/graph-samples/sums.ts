import fc from 'fast-check'
import { bool, int } from '../drawing.ts'
import { attr, dims, each, flags, float, type GraphSample, ints, number, small, vector } from './sample.ts'

type Samples = Record<string, fc.Arbitrary<GraphSample>>
const F = { T: attr.type('float32') }

const reductions: Samples = {
  ...each(['EuclideanNorm'], () =>
    dims(1, 4).map(sizes => ({ attr: { keep_dims: attr.b(true) }, inputs: [float(sizes), vector([0])] })),
  ),
  ...each(['Sum', 'Mean', 'Max', 'Min', 'Prod'], () =>
    dims(1, 4).chain(sizes =>
      fc
        .tuple(
          fc.uniqueArray(int(-sizes.length, sizes.length - 1), {
            minLength: 1,
            selector: a => (a + sizes.length) % sizes.length,
          }),
          bool,
          bool,
        )
        .map(([axes, keep, whole]) => ({
          attr: {
            keep_dims: attr.b(keep),
            T: attr.type(whole ? 'int32' : 'float32'),
          },
          inputs: [whole ? ints(sizes, { range: [-3, 3] }) : float(sizes), vector(axes)],
        })),
    ),
  ),
  ...each(['All', 'Any'], () =>
    fc
      .tuple(dims(1, 3), bool)
      .map(([sizes, keep]) => ({ attr: { keep_dims: attr.b(keep) }, inputs: [flags(sizes), vector([0])] })),
  ),
  ...each(['ArgMax', 'ArgMin'], () =>
    dims(1, 4).chain(sizes =>
      int(0, sizes.length - 1).map(axis => ({ attr: F, inputs: [float(sizes), number(axis)] })),
    ),
  ),
  ...each(['Cumsum'], () =>
    dims(1, 3).chain(sizes =>
      fc.tuple(int(0, sizes.length - 1), bool, bool).map(([axis, exclusive, reverse]) => ({
        attr: { exclusive: attr.b(exclusive), reverse: attr.b(reverse) },
        inputs: [float(sizes), number(axis)],
      })),
    ),
  ),
}

const matrices: Samples = {
  ...each(['MatMul'], () =>
    fc.tuple(small, small, small, bool, bool, bool).map(([m, k, n, a, b, constant]) => ({
      attr: { transpose_a: attr.b(a), transpose_b: attr.b(b) },
      inputs: [float(a ? [k, m] : [m, k]), float(b ? [n, k] : [k, n], { constant })],
    })),
  ),
  ...each(['_FusedMatMul'], () =>
    fc
      .tuple(
        small,
        small,
        small,
        bool,
        fc.constantFrom(
          ['BiasAdd'],
          ['BiasAdd', 'Relu'],
          ['BiasAdd', 'Relu6'],
          ['BiasAdd', 'Elu'],
          ['BiasAdd', 'Sigmoid'],
        ),
      )
      .map(([m, k, n, b, ops]) => ({
        attr: {
          transpose_a: attr.b(false),
          transpose_b: attr.b(b),
          fused_ops: attr.strings(ops),
          num_args: attr.i(1),
        },
        inputs: [
          float([m, k], { open: true }),
          float(b ? [n, k] : [k, n], { constant: true }),
          float([n], { constant: true }),
        ],
      })),
  ),
  ...each(['BatchMatMul', 'BatchMatMulV2'], () =>
    fc.tuple(dims(1, 2), small, small, small, bool, bool).map(([batch, m, k, n, a, b]) => ({
      attr: { adj_x: attr.b(a), adj_y: attr.b(b) },
      inputs: [float([...batch, ...(a ? [k, m] : [m, k])]), float([...batch, ...(b ? [n, k] : [k, n])])],
    })),
  ),
  ...each(['Einsum'], () =>
    fc.tuple(small, small, small).map(([m, k, n]) => ({
      attr: { equation: attr.s('ij,jk->ik'), N: attr.i(2) },
      inputs: [float([m, k]), float([k, n])],
    })),
  ),
}

/** Samples of the operators that sum or otherwise reduce: reductions and products of matrices. */
export const SUMS: Samples = { ...reductions, ...matrices }

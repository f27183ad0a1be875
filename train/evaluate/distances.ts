import * as ort from 'onnxruntime-node'
import { encodeModel } from '../../models/onnx/encode-model.ts'
import { emit } from '../step/expressions/emit.ts'
import * as e from '../step/expressions/expression.ts'

/** Rows of the two sides of one block of distances: 20 MB of results. */
const QUERIES = 500
const REFERENCES = 10_000

/** A set of vectors, [count, dimensions], row-major. */
export interface Vectors {
  data: Float32Array
  count: number
  dimensions: number
}

/** Squared Euclidean distances of some queries to some references. */
export interface DistanceBlock {
  /** Numbers of the first query and the first reference, and how many of each. */
  query: number
  queries: number
  reference: number
  references: number
  /** [queries, references]. */
  squared: Float32Array
}

/**
 * Calls `visit` with the squared distances of every query to every reference, block by block: |q|² + |r|² − 2q·r, with
 * the product in onnxruntime-node. Rounding leaves an error of about 1e-6 of |q|² + |r|²; a distance may come out just
 * below 0.
 *
 * @throws RangeError when the dimensions differ
 */
export async function squaredDistances(
  queries: Vectors,
  references: Vectors,
  visit: (block: DistanceBlock) => void,
): Promise<void> {
  const d = queries.dimensions
  if (references.dimensions !== d) {
    throw new RangeError(`distances: expected ${d} dimensions, got ${references.dimensions}`)
  }
  const session = await ort.InferenceSession.create(distanceGraph(d), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  })
  const rows = ({ data }: Vectors, from: number, count: number) =>
    new ort.Tensor('float32', data.subarray(from * d, (from + count) * d), [count, d])
  for (let reference = 0; reference < references.count; reference += REFERENCES) {
    const many = Math.min(REFERENCES, references.count - reference)
    const r = rows(references, reference, many)
    for (let query = 0; query < queries.count; query += QUERIES) {
      const few = Math.min(QUERIES, queries.count - query)
      const { squared } = await session.run({ q: rows(queries, query, few), r })
      visit({
        query,
        queries: few,
        reference,
        references: many,
        squared: squared.data as Float32Array,
      })
      squared.dispose()
    }
  }
  await session.release()
}

function distanceGraph(d: number): Uint8Array {
  const q = e.leaf('q', ['queries', d])
  const r = e.leaf('r', ['references', d])
  const product = e.gemm(q, r, { transB: true })
  const norms = e.add(e.sum(e.square(q), [1], true), e.sum(e.square(r), [1]))
  const squared = e.sub(norms, e.mul(product, e.constant(2)))
  return encodeModel({
    name: 'distances',
    ...emit({ squared }),
    outputs: [{ name: 'squared', type: 'float', dims: squared.shape }],
  })
}

/**
 * For each query the squared distances to its `k` nearest references, ascending: [queries, k].
 *
 * @param k at most the number of references
 */
export async function nearestSquared(
  queries: Vectors,
  references: Vectors,
  k: number,
): Promise<Float32Array> {
  if (!(k >= 1 && k <= references.count)) {
    throw new RangeError(`k: expected 1 to ${references.count} (references), got ${k}`)
  }
  const nearest = new Float32Array(queries.count * k).fill(Number.POSITIVE_INFINITY)
  await squaredDistances(queries, references, ({ query, queries: rows, references: columns, squared }) => {
    for (let row = 0; row < rows; row++) {
      const kept = nearest.subarray((query + row) * k, (query + row + 1) * k)
      for (let i = row * columns; i < (row + 1) * columns; i++) {
        if (squared[i] < kept[k - 1]) insert(kept, Math.max(0, squared[i]))
      }
    }
  })
  return nearest
}

/** Puts a value into an ascending list in place of the last. */
function insert(list: Float32Array, value: number): void {
  let at = list.length - 1
  for (; at > 0 && list[at - 1] > value; at--) list[at] = list[at - 1]
  list[at] = value
}

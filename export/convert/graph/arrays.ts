/** Product of sizes; 1 for a scalar. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1)
}

/** The numbers of a row-major array with its axes in another order: axis i of the result is axis perm[i]. */
export function permute(
  values: ArrayLike<number>,
  dims: readonly number[],
  perm: readonly number[],
): Float32Array {
  const strides = dims.map((_, i) => sizeOf(dims.slice(i + 1)))
  const sizes = perm.map(axis => dims[axis])
  const steps = perm.map(axis => strides[axis])
  const out = new Float32Array(values.length)
  const index = new Array<number>(dims.length).fill(0)
  let from = 0
  for (let i = 0; i < out.length; i++) {
    out[i] = values[from]
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      from += steps[axis]
      if (++index[axis] < sizes[axis]) break
      from -= steps[axis] * sizes[axis]
      index[axis] = 0
    }
  }
  return out
}

/**
 * Joins arrays row by row, such as the inputs of a network: [batch, a] and [batch, b] to [batch, a + b].
 *
 * @param parts row-major
 */
export function joinRows(parts: readonly Float32Array[], batch: number): Float32Array<ArrayBuffer> {
  const widths = parts.map(part => part.length / batch)
  const width = widths.reduce((sum, w) => sum + w, 0)
  const rows = new Float32Array(batch * width)
  let column = 0
  parts.forEach((part, k) => {
    for (let i = 0; i < batch; i++) {
      rows.set(part.subarray(i * widths[k], (i + 1) * widths[k]), i * width + column)
    }
    column += widths[k]
  })
  return rows
}

/**
 * Splits rows at the given widths: [batch, a + b] to copies [batch, a] and [batch, b].
 *
 * @param widths sum to the width of a row
 */
export function splitRows(rows: Float32Array, widths: readonly number[]): Float32Array<ArrayBuffer>[] {
  const width = widths.reduce((sum, w) => sum + w, 0)
  const batch = rows.length / width
  let column = 0
  return widths.map(own => {
    const part = new Float32Array(batch * own)
    for (let i = 0; i < batch; i++) {
      part.set(rows.subarray(i * width + column, i * width + column + own), i * own)
    }
    column += own
    return part
  })
}

/** Copies of the chosen rows of an array [n, width], in the order of `rows`. */
export function pickRows(
  values: Float32Array,
  width: number,
  rows: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  const picked = new Float32Array(rows.length * width)
  for (let i = 0; i < rows.length; i++) {
    picked.set(values.subarray(rows[i] * width, (rows[i] + 1) * width), i * width)
  }
  return picked
}

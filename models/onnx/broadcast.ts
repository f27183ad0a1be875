/** A dimension of a tensor; a string is the name of one whose size is known only at run time. */
export type Dim = number | string

/**
 * The shape of an elementwise result (NumPy and ONNX broadcasting). A named dimension that meets a number can only be
 * that number or 1, so the number is taken.
 *
 * @throws RangeError when two dimensions differ and neither is 1
 */
export function broadcastDims(a: readonly Dim[], b: readonly Dim[]): Dim[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const left = a[i - rank + a.length] ?? 1
    const right = b[i - rank + b.length] ?? 1
    if (left === right || right === 1) return left
    if (left === 1) return right
    if (typeof left === 'string') return right
    if (typeof right === 'string') return left
    throw new RangeError(`cannot broadcast [${a.join(', ')}] with [${b.join(', ')}]`)
  })
}

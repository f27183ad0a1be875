/**
 * One row for each label with 1 in its class's column: the `y` of a conditional model.
 *
 * @param labels indices of classes
 * @returns [labels, classes]
 */
export function oneHot(labels: ArrayLike<number>, classes: number): Float32Array<ArrayBuffer> {
  const y = new Float32Array(labels.length * classes)
  for (let i = 0; i < labels.length; i++) y[i * classes + labels[i]] = 1
  return y
}

import type { Curve } from '../../models/paper/report.ts'

/**
 * The density of values in equal bins over [low, high): count / (number of all values · width). Values outside count in
 * the number of all.
 *
 * @param values [n, d]; @param axis which of the d
 * @returns [bins]; its sum times the width is the share that lies inside
 */
export function histogram(
  values: Float32Array,
  shape: { d: number; axis: number },
  span: readonly [number, number],
  bins: number,
): Float64Array {
  const n = values.length / shape.d
  const width = (span[1] - span[0]) / bins
  const densities = new Float64Array(bins)
  for (let i = 0; i < n; i++) {
    const bin = Math.floor((values[i * shape.d + shape.axis] - span[0]) / width)
    if (bin >= 0 && bin < bins) densities[bin] += 1 / (n * width)
  }
  return densities
}

/** The density of N(mean, variance) at a value. */
export function normalDensity(value: number, mean: number, variance: number): number {
  return Math.exp(-((value - mean) ** 2) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance)
}

/** The point of a curve with the lowest validation loss; the first one if several have it. */
export function leastValidation(curve: Curve): Curve[number] {
  return curve.reduce((least, point) => (point[2] < least[2] ? point : least))
}

/**
 * Share of the epochs at the start whose losses may be cut off: their steep fall would flatten the rest of the chart.
 */
const FALL = 0.08

/**
 * The span of a loss chart's vertical axis: from a little under the least value to a little over the largest of the
 * epochs after the first fall.
 */
export function lossSpan(curve: Curve): [number, number] {
  const last = curve[curve.length - 1][0]
  const later = curve.filter(([epoch]) => epoch > FALL * last)
  const shown = later.length > 1 ? later : curve
  const high = Math.max(...shown.flatMap(([, train, validation]) => [train, validation]))
  const low = Math.min(...curve.flatMap(([, train, validation]) => [train, validation]))
  const room = (high - low || Math.abs(high) || 1) * 0.06
  return [low - room, high + room]
}

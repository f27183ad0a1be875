/** Rows of a [n, features] array as lists of numbers, each exactly the float32 it was. */
export function toRows(data: Float32Array, features: number): number[][] {
  return mapRows(data, features, value => value)
}

/** Images as lists of intensities, rounded to six decimals; npy and f32 have all the bits. */
export function toPixelRows(pixels: Float32Array, size: number): number[][] {
  return mapRows(pixels, size, value => Math.round(value * 1e6) / 1e6)
}

// Loops and not Array.from, which takes many times as long: a grid of 576 images is half a million numbers.
function mapRows(data: Float32Array, features: number, map: (value: number) => number): number[][] {
  const rows: number[][] = []
  for (let start = 0; start < data.length; start += features) {
    const row = new Array<number>(features)
    for (let i = 0; i < features; i++) row[i] = map(data[start + i])
    rows.push(row)
  }
  return rows
}

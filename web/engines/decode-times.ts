/** How long the last decodes took. */
export interface DecodeTimes {
  /** @param milliseconds that `images` images took together */
  add(milliseconds: number, images: number): void
  clear(): void
  /** Images that the mean is taken over. */
  readonly images: number
  /** Mean milliseconds an image; undefined before the first. */
  readonly mean: number | undefined
}

/**
 * Keeps the last 32 measurements. Their mean is used and not their median: Firefox and Safari round the clock to a
 * millisecond, so a single decode of 0.2 ms reads 0 or 1, and only the mean of many comes out right.
 */
export function createDecodeTimes(): DecodeTimes {
  let measurements: { milliseconds: number; images: number }[] = []
  const sum = (key: 'milliseconds' | 'images') => measurements.reduce((total, one) => total + one[key], 0)
  return {
    add(milliseconds, images) {
      measurements = [...measurements.slice(-31), { milliseconds, images }]
    },
    clear() {
      measurements = []
    },
    get images() {
      return sum('images')
    },
    get mean() {
      return measurements.length === 0 ? undefined : sum('milliseconds') / sum('images')
    },
  }
}

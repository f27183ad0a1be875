import { decode, encode } from 'fast-png'

const COLOURS = 256
/** Bits kept of each channel while colours are counted. */
const BITS = 5

/**
 * A colour and how often it occurs: the mean of the colours that are equal in the first `BITS` bits of each channel.
 */
interface Bin {
  rgb: [number, number, number]
  count: number
  key: number
}

/** Reduces a PNG to at most 256 colours by median cut, which leaves a third of the bytes. Alpha is dropped. */
export function reduce(png: Uint8Array): Uint8Array {
  const { width, height, data, channels } = decode(png)
  const keyAt = (i: number) =>
    ((data[i] >> (8 - BITS)) << (2 * BITS)) |
    ((data[i + 1] >> (8 - BITS)) << BITS) |
    (data[i + 2] >> (8 - BITS))
  const sums = new Float64Array(4 * 2 ** (3 * BITS))
  for (let i = 0; i < data.length; i += channels) {
    const at = 4 * keyAt(i)
    for (let c = 0; c < 3; c++) sums[at + c] += data[i + c]
    sums[at + 3]++
  }
  const bins: Bin[] = []
  for (let key = 0; key < sums.length / 4; key++) {
    const [r, g, b, count] = sums.subarray(4 * key, 4 * key + 4)
    if (count > 0) bins.push({ rgb: [r / count, g / count, b / count], count, key })
  }
  const index = new Uint8Array(2 ** (3 * BITS))
  const palette = cut(bins).map((box, i) => {
    for (const { key } of box) index[key] = i
    return mean(box)
  })
  const indices = new Uint8Array(width * height)
  for (let i = 0; i < indices.length; i++) indices[i] = index[keyAt(i * channels)]
  return encode({ width, height, data: indices, channels: 1, depth: 8, palette })
}

/** Divides the colours into at most 256 boxes, the one with the most spread first, each at its middle pixel. */
function cut(bins: Bin[]): Bin[][] {
  const boxes = [bins]
  while (boxes.length < COLOURS) {
    const spreads = boxes.map(box => (box.length > 1 ? spread(box) : { channel: 0, amount: 0 }))
    const at = spreads.reduce((most, { amount }, i) => (amount > spreads[most].amount ? i : most), 0)
    if (spreads[at].amount === 0) break
    const sorted = boxes[at].toSorted((a, b) => a.rgb[spreads[at].channel] - b.rgb[spreads[at].channel])
    const half = sorted.reduce((sum, { count }) => sum + count, 0) / 2
    let middle = 1
    for (let seen = sorted[0].count; middle < sorted.length - 1 && seen < half; middle++) {
      seen += sorted[middle].count
    }
    boxes.splice(at, 1, sorted.slice(0, middle), sorted.slice(middle))
  }
  return boxes
}

/** The channel in which a box's colours differ most, and by how much, weighted by the root of how many they are. */
function spread(box: Bin[]): { channel: number; amount: number } {
  const total = Math.sqrt(box.reduce((sum, { count }) => sum + count, 0))
  const ranges = [0, 1, 2].map(c => {
    const values = box.map(({ rgb }) => rgb[c])
    return (Math.max(...values) - Math.min(...values)) * total
  })
  const amount = Math.max(...ranges)
  return { channel: ranges.indexOf(amount), amount }
}

function mean(box: Bin[]): [number, number, number] {
  const total = box.reduce((sum, { count }) => sum + count, 0)
  return [0, 1, 2].map(c =>
    Math.round(box.reduce((sum, { rgb, count }) => sum + rgb[c] * count, 0) / total),
  ) as [number, number, number]
}

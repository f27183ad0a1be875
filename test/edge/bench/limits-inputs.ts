import { deflateRawSync } from 'node:zlib'
import { encode } from 'fast-png'
import { concatBytes } from '../../../models/files/bytes.ts'
import { PNG_SIGNATURE, uint32, writeChunk } from '../../../models/images/png-chunks.ts'
import type { Input } from './limits-server.ts'

/** A model that every checkout has. */
export const MODEL = '/v1/models/mnist-vae-l2-z2'

const json = (name: string, operation: string, value: unknown): Input => ({
  name,
  target: `${MODEL}/${operation}`,
  headers: { 'content-type': 'application/json' },
  body: typeof value === 'string' ? value : JSON.stringify(value),
})
const get = (name: string, target: string, headers?: Record<string, string>): Input => ({
  name,
  target: MODEL + target,
  ...(headers && { headers }),
})
const picture = (name: string, body: Uint8Array<ArrayBuffer>): Input => ({
  name,
  target: `${MODEL}/encode`,
  headers: { 'content-type': 'image/png' },
  body,
})

/** A square RGBA picture of 16 bits, in base64. */
function deepPicture(side: number): string {
  const data = new Uint16Array(4 * side * side)
  return Buffer.from(encode({ width: side, height: side, channels: 4, depth: 16, data })).toString('base64')
}

/**
 * A PNG of one grey pixel, whose data is a zlib stream of the deflate blocks `raw`. @param before chunks ahead of it
 */
function tinyPng(raw: Uint8Array, before: Uint8Array[] = []): Uint8Array<ArrayBuffer> {
  return concatBytes([
    PNG_SIGNATURE,
    writeChunk('IHDR', uint32(1, 1), Uint8Array.of(8, 0, 0, 0, 0)),
    ...before,
    writeChunk('IDAT', Uint8Array.of(0x78, 0x9c), raw),
    writeChunk('IEND'),
  ])
}

/**
 * Deflate blocks without content, each with code tables of its own with codes of up to 15 bits (RFC 1951, 3.2.7), which
 * a decoder must build, and then the two bytes of one pixel.
 */
function emptyDynamicBlocks(bytes: number): Uint8Array {
  let bits = ''
  /** Writes a number with its lowest bit first, as deflate does with everything except codes. */
  const put = (value: number, length: number) => {
    bits += value.toString(2).padStart(length, '0').split('').reverse().join('')
  }
  const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
  // The lengths 0 to 14 have codes of 4 bits, 15 and the run of zeros (18) of 5.
  const code = (length: number) =>
    length < 15 ? length.toString(2).padStart(4, '0') : length === 15 ? '11110' : '11111'
  put(0, 1)
  put(2, 2)
  put(0, 5)
  put(0, 5)
  put(15, 4)
  for (const symbol of order) put(symbol === 15 || symbol === 18 ? 5 : symbol > 15 ? 0 : 4, 3)
  // Lengths of 257 symbols: 0, 0, 2, 3 … 15, 15, zeros, and 1 for the end of the block.
  for (const length of [0, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 15]) bits += code(length)
  for (const zeros of [138, 101]) {
    bits += code(18)
    put(zeros - 11, 7)
  }
  bits += code(1)
  // One distance code of one bit, and the end of the block.
  bits += `${code(1)}0`
  // Eight blocks end at a whole byte.
  const eight = Uint8Array.from(bits.repeat(8).match(/.{8}/g) ?? [], each =>
    Number.parseInt(each.split('').reverse().join(''), 2),
  )
  const count = Math.floor(bytes / eight.length)
  return concatBytes([
    ...Array<Uint8Array>(count).fill(eight),
    new Uint8Array(deflateRawSync(new Uint8Array(2))),
  ])
}

/**
 * A progressive JPEG of 1024×1024 grey pixels (ITU-T T.81) with this many scans of all its AC coefficients: twelve
 * bytes
 * each, which say that all 16,384 blocks have none.
 */
function manyScans(scans: number): Uint8Array<ArrayBuffer> {
  const segment = (marker: number, ...data: number[]) =>
    Uint8Array.of(0xff, marker, 0, data.length + 2, ...data)
  /** One code, of one bit. */
  const huffman = (table: number, symbol: number) => segment(0xc4, table, 1, ...Array(15).fill(0), symbol)
  const ac = concatBytes([segment(0xda, 1, 1, 0, 1, 63, 0), Uint8Array.of(0, 1)])
  return concatBytes([
    Uint8Array.of(0xff, 0xd8),
    segment(0xdb, 0, ...Array(64).fill(1)),
    segment(0xc2, 8, 4, 0, 4, 0, 1, 1, 0x11, 0),
    huffman(0x00, 0),
    // The end of the block for a run of 2^14 blocks and as many more as the next 14 bits say.
    huffman(0x10, 0xe0),
    segment(0xda, 1, 1, 0, 0, 0, 0),
    new Uint8Array((128 * 128) / 8),
    ...Array<Uint8Array>(scans - 1).fill(ac),
    Uint8Array.of(0xff, 0xd9),
  ])
}

const deep = deepPicture(1024)

/** The most expensive requests that are known; most of them once showed a fault of the server. */
export const INPUTS: readonly Input[] = [
  json('a stop of 200,000 digits', 'interpolate', { stops: [`z:${'1'.repeat(200_000)}x`, 'seed:1'] }),
  json('64 PNGs of 1024×1024 RGBA, 16 bits', 'encode', { images: Array(64).fill(deep) }),
  json('4 PNGs of 1024×1024 RGBA, 16 bits (the most pixels)', 'encode', { images: Array(4).fill(deep) }),
  json('64 PNGs of 256×256 RGBA, 16 bits (the most pixels)', 'encode', {
    images: Array(64).fill(deepPicture(256)),
  }),
  picture('a PNG of one pixel and 2 MB of empty blocks', tinyPng(emptyDynamicBlocks(2_000_000))),
  picture(
    'a PNG of one pixel that unpacks to 900 MB',
    tinyPng(deflateRawSync(new Uint8Array(900 * 2 ** 20))),
  ),
  picture(
    'a PNG of one pixel and 150,000 chunks',
    tinyPng(deflateRawSync(new Uint8Array(2)), Array(150_000).fill(writeChunk('IDAT'))),
  ),
  picture('a JPEG of 150,000 scans', manyScans(150_000)),
  picture('a JPEG of 100 scans (the most)', manyScans(100)),
  json('750,000 wrong numbers', 'encode', { images: [Array(750_000).fill(7)] }),
  json('500,000 texts for numbers', 'decode', { z: [Array(500_000).fill('0')] }),
  json('650,000 empty lists', 'decode', { z: Array(650_000).fill([]) }),
  json(
    '150,000 unknown keys',
    'decode',
    Object.fromEntries(Array.from({ length: 150_000 }, (_, i) => [`k${i}`, 0])),
  ),
  json('a million nested lists', 'decode', '['.repeat(1_000_000) + ']'.repeat(1_000_000)),
  get(
    '2,700 unknown parameters',
    `/sample?${Array.from({ length: 2700 }, (_, i) => i.toString(36)).join('&')}`,
  ),
  get('8,000 semicolons in z', `/decode?z=${';'.repeat(8000)}`),
  get('an Accept of 800 ranges', '/sample?seed=1', { accept: 'a/b;q=0.1,'.repeat(800) }),
  {
    name: 'a form of 20,000 parts',
    target: `${MODEL}/encode`,
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
    body: `${'--b\r\nContent-Disposition: form-data; name=x\r\n\r\n\r\n'.repeat(20_000)}--b--\r\n`,
  },
  json('a base64 text of 2 MB that is no picture', 'encode', { images: ['A'.repeat(2_000_000)] }),
  json('256 latents as JSON', 'decode?format=json', { z: Array(256).fill([0.5, -1]) }),
  get('a grid of 24×24 as JSON', '/grid?size=24&format=json'),
  get('a grid of 24×24 as PNG', '/grid?size=24&scale=2'),
  get('128 frames as APNG', '/interpolate?from=seed:1&to=seed:2&steps=128&format=apng&scale=6'),
]

import { deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { readMatrix } from './mat-file.ts'

// scipy.io.savemat of ff = uint8 [[1, 2, 3], [250, 5, 255]] and d = [[0.5, -1e300]], plain and compressed.
const SCIPY = {
  plain:
    'TUFUTEFCIDUuMCBNQVQtZmlsZSBQbGF0Zm9ybTogcG9zaXgsIENyZWF0ZWQgb246IFN1biBOb3YgMjIgMTA6MDI6MzIgMjAy' +
    'NgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABSU0OAAAAOAAAAAYAAAAIAAAA' +
    'CQAAAAAAAAAFAAAACAAAAAIAAAADAAAAAQACAGZmAAACAAAABgAAAAH6AgUD/wAADgAAAEAAAAAGAAAACAAAAAYAAAAAAAAA' +
    'BQAAAAgAAAABAAAAAgAAAAEAAQBkAAAACQAAABAAAAAAAAAAAADgP5x1AIg85Df+',
  compressed:
    'TUFUTEFCIDUuMCBNQVQtZmlsZSBQbGF0Zm9ybTogcG9zaXgsIENyZWF0ZWQgb246IFN1biBOb3YgMjIgMTA6MDI6MzIgMjAy' +
    'NgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABSU0PAAAALwAAAHic42NgYLAA' +
    'YjYg5gBiTgYIYIXymYCYGYgZgay0NAgfpJbxFxMr838GBgAyPgNLDwAAADIAAAB4nONjYGBwAGI2IOaA0iDACuUzAjETmGZk' +
    'SAHSnEAswAADD+znlDJ02Dwx/wcARKgF/w==',
}

test.each(Object.entries(SCIPY))("reads scipy's files: %s", (_, base64) => {
  const bytes = Buffer.from(base64, 'base64')
  expect(readMatrix(bytes, 'ff', 'f.mat')).toEqual({
    name: 'ff',
    dims: [2, 3],
    values: [1, 250, 2, 5, 3, 255],
  })
  expect(readMatrix(bytes, 'd', 'f.mat').values).toEqual([0.5, -1e300])
  expect(() => readMatrix(bytes, 'x', 'f.mat')).toThrow('f.mat: expected a matrix named x, got ff, d')
})

interface Written {
  little?: boolean
  compressed?: boolean
  mxClass?: number
  dims?: number[]
}

/** A level-5 file of one matrix `ff`, its values of MAT data type `type` already as bytes. */
function mat(type: number, values: Buffer, written: Written = {}): Buffer {
  const { little = true, compressed = false, mxClass = 9, dims = [2, 2] } = written
  const word = (value: number) => {
    const bytes = Buffer.alloc(4)
    if (little) bytes.writeUInt32LE(value)
    else bytes.writeUInt32BE(value)
    return bytes
  }
  const element = (kind: number, body: Buffer) =>
    Buffer.concat([word(kind), word(body.length), body, Buffer.alloc(-body.length & 7)])
  const name = Buffer.concat([word((2 << 16) | 1), Buffer.from('ff\0\0')])
  const matrix = element(
    14,
    Buffer.concat([
      element(6, Buffer.concat([word(mxClass), word(0)])),
      element(5, Buffer.concat(dims.map(word))),
      name,
      element(type, values),
    ]),
  )
  const deflated = deflateSync(matrix)
  const body = compressed ? Buffer.concat([word(15), word(deflated.length), deflated]) : matrix
  const header = Buffer.alloc(128, ' ')
  header.write('MATLAB 5.0 MAT-file')
  header.write(little ? '\x00\x01IM' : '\x01\x00MI', 124, 'latin1')
  return Buffer.concat([header, body])
}

const shorts = Buffer.from(Uint8Array.of(0, 1, 255, 254, 0, 0, 128, 0))
const doubles = Buffer.alloc(32)
for (const [i, v] of [0, 1, 254.5, -1].entries()) doubles.writeDoubleLE(v, i * 8)

test.each<[string, Buffer, number[]]>([
  ['bytes', mat(2, Buffer.of(0, 1, 128, 255)), [0, 1, 128, 255]],
  ['bytes, compressed', mat(2, Buffer.of(0, 1, 128, 255), { compressed: true }), [0, 1, 128, 255]],
  ['doubles kept as bytes', mat(2, Buffer.of(0, 1, 128, 255), { mxClass: 6 }), [0, 1, 128, 255]],
  ['doubles', mat(9, doubles, { mxClass: 6, compressed: true }), [0, 1, 254.5, -1]],
  ['big-endian shorts', mat(3, shorts, { little: false, mxClass: 10 }), [1, -2, 0, -32768]],
])('readMatrix reads %s', (_, bytes, values) => {
  expect(readMatrix(bytes, 'ff', 'f.mat')).toEqual({ name: 'ff', dims: [2, 2], values })
})

const whole = mat(2, Buffer.of(0, 1, 128, 255))
const packed = mat(2, Buffer.of(0, 1, 128, 255), { compressed: true })

test.each<[string, Buffer, string]>([
  ['an empty file', Buffer.alloc(0), 'expected a level-5 MAT-file (save -v6 or -v7), got another format'],
  [
    'an HDF5 file',
    Buffer.from('MATLAB 7.3 MAT-file'.padEnd(200)),
    'got version 7.3 (HDF5): save it again with -v7',
  ],
  ['a header alone', whole.subarray(0, 128), 'expected a matrix named ff, got no matrix'],
  ['a file cut in a tag', whole.subarray(0, 132), 'truncated or corrupt MAT-file'],
  [
    'a file cut in the values',
    whole.subarray(0, -3),
    'truncated or corrupt MAT-file: an element of 56 bytes where 53',
  ],
  ['a compressed file cut short', packed.subarray(0, -4), 'truncated or corrupt MAT-file'],
  ['a corrupt compressed file', Buffer.from(packed).fill(0xff, 150, 160), 'truncated or corrupt MAT-file'],
  ['too few values', mat(2, Buffer.of(1), { dims: [2, 2] }), 'ff: expected 4 values for 2 × 2, got 1'],
  ['a matrix of text', mat(4, Buffer.from('abcdefgh'), { mxClass: 4 }), 'ff is not a matrix of real numbers'],
])('readMatrix refuses %s', (_, bytes, message) => {
  expect(() => readMatrix(bytes, 'ff', 'f.mat')).toThrow(`f.mat: `)
  expect(() => readMatrix(bytes, 'ff', 'f.mat')).toThrow(message)
})

import { expect, test } from 'vitest'
import { encodeSafetensors } from '../../models/files/safetensors.ts'
import { decodeTestImages, decodeTrainingHashes, encodeTestImages } from './test-images.ts'

const sha256 = 'a'.repeat(64)
const text = (json: string) => new TextEncoder().encode(json)
const pixels = { dtype: 'U8' as const, shape: [1, 2, 2], data: Uint8Array.of(1, 2, 3, 4) }

test.each([
  ['cut short', text('cut'), 'safetensors: expected at least 8 bytes, got 3'],
  [
    'of other tensors',
    encodeSafetensors({ mu: { dtype: 'F32', shape: [1], data: Float32Array.of(1) } }, { classes: '[]' }),
    'expected pixels U8 [n, height, width] and label U8, got mu F32 [1]',
  ],
  ['without classes', encodeSafetensors({ pixels }), 'expected metadata "classes", got none'],
  [
    'of numbered classes',
    encodeSafetensors({ pixels }, { classes: '[1]' }),
    'Invalid input: expected string',
  ],
])('a file of test images that is %s is named', (_, bytes, why) => {
  const place = 'testsets/some.safetensors'
  expect(() => decodeTestImages(bytes, sha256, place)).toThrow(`${place}: not test images: ${why}`)
})

test('a file of other test images is named', () => {
  const images = { count: 1, pixels: pixels.data, labels: Uint8Array.of(0) }
  const bytes = encodeTestImages({ images, classes: ['a'], height: 2, width: 2 })
  const wanted = `some: expected test images with SHA-256 ${sha256}, got`
  expect(() => decodeTestImages(bytes, sha256, 'some')).toThrow(wanted)
})

test.each(['cut', '{}', '[1]'])('a file of training hashes that holds %s is named', json => {
  expect(() => decodeTrainingHashes(text(json), sha256, 'hashes.json')).toThrow(
    /^hashes\.json: not hashes of training images: .+/,
  )
})

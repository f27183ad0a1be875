import { expect, test } from 'vitest'
import { dataPoint } from './data-point.ts'

test('a data point carries the version that answered, the route and not the path, and where the answer came from', () => {
  const headers = new Headers({
    'x-model': 'leaves-vae-z2@0123456789ab',
    'server-timing': 'cache;desc="memory"',
  })
  expect(dataPoint('/v1/models/leaves-vae-z2/sample?seed=7', 200, headers, 3)).toEqual({
    indexes: ['leaves-vae-z2@0123456789ab'],
    blobs: ['/v1/models/{model}/sample', '200', 'leaves-vae-z2', '0123456789ab', 'memory'],
    doubles: [3],
  })
  expect(dataPoint('/v1/models/none/sample', 404, new Headers(), 0)).toEqual({
    indexes: [''],
    blobs: ['/v1/models/{model}/sample', '404', '', '', 'none'],
    doubles: [0],
  })
})

import { deflateSync } from 'node:zlib'
import { encode } from 'fast-png'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../edge/limits.ts'
import { concatBytes } from '../../models/files/bytes.ts'
import { writeChunk } from '../../models/images/png-chunks.ts'
import { problemOf } from './read-answers.ts'
import { type Api, TRAINED } from './servers.ts'

/** The requests that every runtime refuses, with their problems. */
export function errorsSuite(api: () => Api): void {
  const ask = (path: string, init?: RequestInit) => api().fetch(`/v1/models/${path}`, init)
  const post = (path: string, type: string, body: BodyInit) =>
    ask(path, { method: 'POST', headers: { 'content-type': type }, body })

  describe('refuses', () => {
    test.each([
      ['nothing-here/sample', 404, 'unknown-model', 'model'],
      ['..%2f..%2fetc/sample', 404, 'unknown-model', 'model'],
      [`${TRAINED}@000000000000/sample`, 404, 'unknown-version', 'version'],
      [`${TRAINED}/sample?n=0`, 400, 'invalid-value', 'n'],
      [`${TRAINED}/sample?n=1.5`, 400, 'invalid-value', 'n'],
      [`${TRAINED}/sample?n=`, 400, 'invalid-value', 'n'],
      [`${TRAINED}/sample?n=0x10`, 400, 'invalid-value', 'n'],
      [`${TRAINED}/sample?seed=4294967296`, 400, 'invalid-value', 'seed'],
      [`${TRAINED}/sample?temperature=NaN`, 400, 'invalid-value', 'temperature'],
      [`${TRAINED}/sample?scale=3&scale=4`, 400, 'invalid-value', 'scale'],
      [`${TRAINED}/sample?sed=3`, 400, 'invalid-value', 'sed'],
      [`${TRAINED}/sample?__proto__=3`, 400, 'invalid-value', '__proto__'],
      [`${TRAINED}/sample?format=gif`, 400, 'invalid-value', 'format'],
      [`${TRAINED}/sample?class=ten`, 400, 'invalid-value', 'class'],
      ['small-ae-z8/sample?class=0', 400, 'invalid-value', 'class'],
      // 413 is about what was sent (RFC 9110, 15.5.14); these requests have no body.
      [`${TRAINED}/sample?n=256&scale=16`, 400, 'answer-too-large', 'scale'],
      [`${TRAINED}/sample?n=1&columns=256&scale=16`, 400, 'answer-too-large', 'scale'],
      [`${TRAINED}/interpolate?from=seed:1`, 400, 'invalid-value', 'to'],
      [`${TRAINED}/interpolate?from=z:1&to=seed:1`, 400, 'invalid-value', 'from'],
      [`${TRAINED}/interpolate?from=z:1,1e9&to=seed:1`, 400, 'invalid-value', 'from'],
      [`${TRAINED}/interpolate?from=seed:1&to=seed:2&via=nowhere`, 400, 'invalid-value', 'via'],
      [`${TRAINED}/interpolate?from=seed:1&to=seed:2&path=curve`, 400, 'invalid-value', 'path'],
      [`${TRAINED}/decode`, 400, 'invalid-value', 'z'],
      [`${TRAINED}/decode?z=1,2,3`, 400, 'invalid-value', 'z'],
      [`${TRAINED}/decode?z=1,Infinity`, 400, 'invalid-value', 'z'],
      [`${TRAINED}/grid?dims=0,0`, 400, 'invalid-value', 'dims'],
      [`${TRAINED}/grid?dims=0,2`, 400, 'invalid-value', 'dims'],
      ['line-vae-z1/grid', 400, 'invalid-value', 'dims'],
    ])('GET %s is refused with %i %s, naming %s', async (path, status, code, field) => {
      const problem = await problemOf(await ask(path))
      expect(problem).toMatchObject({ status, code })
      expect(problem.errors?.map(fieldError => fieldError.field)).toContain(field)
    })
    test('an unknown path is refused with 404 not-found', async () => {
      for (const path of ['/v1/nothing', `/v1/models/${TRAINED}/nothing`, '/nothing/at/all']) {
        expect(await problemOf(await api().fetch(path))).toMatchObject({ status: 404, code: 'not-found' })
      }
    })
  })

  describe('refuses bodies', () => {
    const png = (options: Parameters<typeof encode>[0]) => new Uint8Array(encode(options))
    const grey = (width: number, height: number) =>
      png({ width, height, data: new Uint8Array(width * height), channels: 1 })

    test.each<[string, string, string, BodyInit, number, string, string]>([
      ['no type', 'encode', '', 'x', 415, 'unsupported-media-type', 'content-type'],
      ['another type', 'encode', 'text/plain', 'x', 415, 'unsupported-media-type', 'content-type'],
      ['nothing', 'encode', 'image/png', '', 400, 'invalid-body', 'body'],
      ['no PNG', 'encode', 'image/png', 'GIF89a', 400, 'invalid-body', 'body'],
      ['half a PNG', 'encode', 'image/png', grey(28, 28).subarray(0, 50), 400, 'invalid-body', 'body'],
      ['a wide PNG', 'encode', 'image/png', grey(LIMITS.pictureSide + 1, 2), 413, 'too-large', 'body'],
      ['a PNG that unpacks to more than it says', 'encode', 'image/png', bomb(), 413, 'too-large', 'body'],
      ['an odd number of bytes', 'encode', 'application/octet-stream', 'x', 400, 'invalid-body', 'body'],
      ['no JSON', 'encode', 'application/json', '{"images":', 400, 'invalid-body', 'body'],
      ['other JSON', 'encode', 'application/json', '[]', 400, 'invalid-value', 'body'],
      ['an unknown key', 'encode', 'application/json', '{"images":[[0]],"x":1}', 400, 'invalid-value', 'x'],
      [
        'too few pixels',
        'encode',
        'application/json',
        '{"images":[[0,1]]}',
        400,
        'invalid-value',
        'images.0',
      ],
      ['bad base64', 'encode', 'application/json', '{"images":["%"]}', 400, 'invalid-value', 'images.0'],
      ['an empty list', 'encode', 'application/json', '{"images":[]}', 400, 'invalid-value', 'images'],
      ['a short latent', 'decode', 'application/json', '{"z":[[1]]}', 400, 'invalid-value', 'z.0'],
      ['a distant latent', 'decode', 'application/json', '{"z":[[1,1e9]]}', 400, 'invalid-value', 'z'],
      ['one stop', 'interpolate', 'application/json', '{"stops":["seed:1"]}', 400, 'invalid-value', 'stops'],
      [
        'a bad stop',
        'interpolate',
        'application/json',
        '{"stops":["seed:1","x"]}',
        400,
        'invalid-value',
        'stops.1',
      ],
      [
        'a bad class',
        'interpolate',
        'application/json',
        '{"stops":["class:x","seed:1"]}',
        400,
        'invalid-value',
        'stops.0',
      ],
      ['no form', 'encode', 'multipart/form-data; boundary=x', 'x', 400, 'invalid-body', 'body'],
    ])('a body with %s is refused', async (_, path, type, body, status, code, field) => {
      const problem = await problemOf(await post(`${TRAINED}/${path}`, type, body))
      expect(problem).toMatchObject({ status, code })
      expect(problem.errors?.map(fieldError => fieldError.field)).toContain(field)
      if (code !== 'unsupported-media-type') expect(problem.errors?.[0].in).toBe('body')
    })
    test('a body of too many bytes is refused, with and without a length', async () => {
      const bytes = new Uint8Array(LIMITS.bodyBytes + 1)
      const type = 'application/octet-stream'
      expect((await problemOf(await post(`${TRAINED}/encode`, type, bytes))).code).toBe('body-too-large')
      const body = new Blob([bytes]).stream()
      const response = await ask(`${TRAINED}/encode`, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
        duplex: 'half',
      } as RequestInit)
      expect((await problemOf(response)).code).toBe('body-too-large')
    })
    test('a request with stops in both the query and the body is refused', async () => {
      const body = '{"stops":["seed:1","seed:2"]}'
      const response = await post(`${TRAINED}/interpolate?from=seed:1`, 'application/json', body)
      expect((await problemOf(response)).errors?.[0].field).toBe('from')
    })
  })
}

/** A PNG whose header says 28 × 28 pixels, and whose data unpacks to 64 MiB. */
function bomb(): Uint8Array<ArrayBuffer> {
  const small = encode({ width: 28, height: 28, data: new Uint8Array(784), channels: 1 })
  const data = deflateSync(Buffer.alloc(64 * 2 ** 20))
  return concatBytes([small.subarray(0, 33), writeChunk('IDAT', data), small.subarray(-12)])
}

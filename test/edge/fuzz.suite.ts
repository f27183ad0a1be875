import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OPERATIONS } from '../../edge/operations/index.ts'
import { problemOf } from './read-answers.ts'
import { type Api, CONDITIONAL, RUNTIMES, type RuntimeName, TRAINED } from './servers.ts'

const MODELS = [TRAINED, CONDITIONAL, 'small-ae-z8', 'shifted-vae-z3', 'line-vae-z1']
const CODES_WITHOUT_FIELD = ['not-found', 'method-not-allowed', 'model-unavailable', 'rate-limited']

/** Number of requests: many in this process, and enough elsewhere to notice a difference. */
const RUNS: Record<RuntimeName, number> = { 'in process': 1200, workerd: 150, node: 150 }

const numberLike = fc.oneof(
  fc.integer({ min: -5, max: 300 }).map(String),
  fc.double().map(String),
  fc.constantFrom('', '-0', '1e400', '0x1f', ' 3', '+1', '١', '1_000', '00', 'NaN', '4294967296'),
)
const pointLike = fc.oneof(
  fc
    .array(fc.oneof(fc.double({ min: -1001, max: 1001 }).map(String), numberLike), { maxLength: 9 })
    .map(l => l.join(',')),
  fc.constantFrom('0.5,-1.2', '1', '1,2,3', ';', '1,2;3,4'),
)
const endpointLike = fc.oneof(
  numberLike.map(n => `seed:${n}`),
  fc.constantFrom('class:0', 'class:9', 'class:Bag', 'class:', 'class:3@seed:5', 'class:3@z:1', 'seed', 'z:'),
  fc.constantFrom('y:0.5,0.5@seed:1', 'y:1,0,0,0,0,0,0,0,0,0@seed:2', 'class:1@z:0,0,0,0,0', 'y:@z:'),
  pointLike.map(p => `z:${p}`),
  fc.string(),
)
const anyValue = fc.oneof(
  numberLike,
  pointLike,
  endpointLike,
  fc.string({ unit: 'binary' }),
  fc.constantFrom('true', 'false'),
)
const VALUES: Record<string, fc.Arbitrary<string>> = {
  from: fc.oneof(endpointLike, fc.constantFrom('density', 'prior')),
  to: endpointLike,
  at: endpointLike,
  z: pointLike,
  y: pointLike,
  class: fc.constantFrom('0', '9', '10', 'Bag', ''),
  style: endpointLike,
  text: fc.oneof(fc.string(), fc.stringMatching(/^[0-9 -]{0,70}$/)),
  via: fc.array(endpointLike, { maxLength: 4 }).map(l => l.join(';')),
  format: fc.constantFrom('png', 'apng', 'json', 'npy', 'f32', 'sse', 'safetensors', 'gif'),
  path: fc.constantFrom('lerp', 'slerp', 'x'),
  latent: fc.constantFrom('mu', 'sampled', 'x'),
  dims: fc.constantFrom('0,1', '1,0', '0,0', '7,3', 'a', ''),
}

/** Mostly valid values of the parameter, so that later checks are reached too. */
function queryOf(name: string): fc.Arbitrary<string> {
  const operation = OPERATIONS.find(each => each.name === name)
  const known = [...Object.keys(operation?.query.shape ?? {}), 'format']
  const pair = fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .constantFrom(...known)
        .chain(key =>
          fc.tuple(
            fc.constant(key),
            fc.oneof({ weight: 4, arbitrary: VALUES[key] ?? numberLike }, { weight: 1, arbitrary: anyValue }),
          ),
        ),
    },
    { weight: 1, arbitrary: fc.tuple(fc.string({ unit: 'binary' }), anyValue) },
  )
  return fc
    .array(pair, { maxLength: 5 })
    .map(pairs => pairs.map(part => part.map(encodeLoosely).join('=')).join('&'))
}

/** Percent-encodes a text; lone surrogates, which have no encoding, are replaced. */
function encodeLoosely(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

const pixel = fc.oneof(fc.double({ min: -0.1, max: 1.1 }), fc.constantFrom(0, 1))
const imageLike = fc.oneof(
  fc.constantFrom('', 'iVBORw0KGgo=', '%'),
  fc.string(),
  fc.constantFrom(784, 560, 64, 3).chain(n => fc.array(pixel, { minLength: n, maxLength: n })),
)
const bodyLike = fc.oneof(
  fc.jsonValue().map(value => JSON.stringify(value)),
  fc.array(imageLike, { maxLength: 3 }).map(images => JSON.stringify({ images })),
  fc.array(fc.array(fc.double(), { maxLength: 9 }), { maxLength: 3 }).map(z => JSON.stringify({ z })),
  fc
    .array(
      fc.oneof(
        endpointLike,
        fc.record({ seed: fc.integer() }),
        fc.record({ image: imageLike }),
        fc.jsonValue(),
      ),
      { maxLength: 5 },
    )
    .map(stops => JSON.stringify({ stops })),
  fc.uint8Array({ maxLength: 1600 }),
  fc.constant(new Uint8Array(784 * 2)),
)

const requestLike = fc.constantFrom(...OPERATIONS.map(({ name }) => name)).chain(name =>
  fc.record({
    name: fc.constant(name),
    model: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...MODELS) },
      { weight: 1, arbitrary: fc.string({ minLength: 1 }) },
    ),
    query: queryOf(name),
    accept: fc.oneof(
      fc.constant('*/*'),
      fc.constantFrom('application/json', 'image/*;q=0.3', 'x', ';q=,', 'image/png;q=9'),
    ),
    post: fc.option(
      fc.record({
        type: fc.constantFrom(
          'application/json',
          'image/png',
          'application/octet-stream',
          'multipart/form-data',
          'text/plain',
          'multipart/form-data; boundary=b',
        ),
        body: bodyLike,
      }),
    ),
  }),
)

/** No request may break the API: never a 5xx, and every refusal a problem that names what was wrong. */
export function fuzzSuite(apis: () => Record<RuntimeName, Api>): void {
  describe('any request', () => {
    test.each(RUNTIMES)(
      'a random request gets a valid response or a problem with a reason: %s',
      async place => {
        const seen = new Map<number, number>()
        await fc.assert(
          fc.asyncProperty(requestLike, async ({ name, model, query, accept, post }) => {
            const init: RequestInit = post
              ? {
                  method: 'POST',
                  headers: { accept, 'content-type': post.type },
                  body: post.body as BodyInit,
                }
              : { headers: { accept } }
            const path = `/v1/models/${encodeLoosely(model)}/${name}?${query}`
            const response = await apis()[place].fetch(path, init)
            seen.set(response.status, (seen.get(response.status) ?? 0) + 1)
            if (response.status === 200) {
              await response.arrayBuffer()
              return
            }
            expect(response.status).toBeGreaterThanOrEqual(400)
            expect(response.status).toBeLessThan(500)
            const problem = await problemOf(response)
            if (!CODES_WITHOUT_FIELD.includes(problem.code)) expect(problem.errors?.length).toBeGreaterThan(0)
          }),
          { numRuns: RUNS[place], seed: 20_260_101 },
        )
        expect([...seen.keys()]).toEqual(expect.arrayContaining([200, 400, 404]))
      },
    )
  })
}

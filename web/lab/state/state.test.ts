import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readState, type State, VIEWS, writeState } from './state.ts'

const coordinate = fc.integer({ min: -99_999, max: 99_999 }).map(n => n / 1000)
const point = fc.array(coordinate, { minLength: 1, maxLength: 8 })

/** States that a visitor can reach. */
const states: fc.Arbitrary<Partial<State>> = fc.record({
  view: fc.constantFrom(...VIEWS),
  model: fc.constantFrom('', 'mnist-vae-l2-z2', 'mnist-vae-l2-z2-beta0.02'),
  engine: fc.constantFrom('auto', 'plain', 'wasm', 'webgpu', 'edge'),
  api: fc.constantFrom('', 'https://api.example:8443'),
  z: point,
  axes: fc.constantFrom('0,1', '3,2', 'principal'),
  grid: fc.boolean(),
  hide: fc.uniqueArray(fc.integer({ min: 0, max: 9 })),
  seed: fc.integer({ min: 0, max: 0xffffffff }),
  n: fc.integer({ min: 1, max: 100 }),
  from: fc.constantFrom('prior', '3'),
  temperature: fc.integer({ min: 0, max: 60 }).map(n => n / 20),
  keep: fc.array(point, { maxLength: 5 }),
  corners: fc.array(fc.constantFrom('class:0', 'seed:7', 'test:12', 'z:0.5,-1', 'class:Ankle boot'), {
    minLength: 2,
    maxLength: 2,
  }),
  path: fc.constantFrom('lerp', 'slerp'),
  steps: fc.integer({ min: 2, max: 32 }),
  t: fc.integer({ min: 0, max: 1000 }).map(n => n / 1000),
  among: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
  other: fc.constantFrom('', 'mnist-ae-l2-z2'),
  by: fc.constantFrom('point', 'image', 'seed'),
  x: fc.constantFrom('test:0', 'test:77', 'ink:AB-_'),
  loss: fc.constantFrom('bce', 'mse', 'l1'),
  data: fc.constantFrom('mnist', 'fashionMnist', 'freyFace'),
  latent: fc.constantFrom('mu', 'sampled'),
})

describe('the address', () => {
  test('the address holds the complete state of a view', () => {
    fc.assert(
      fc.property(states, partial => {
        const state: State = { ...readState(''), ...partial }
        const read = readState(writeState(state))
        expect(writeState(read)).toBe(writeState(state))
        const kept = new URLSearchParams(writeState(state))
        for (const key of kept.keys()) expect(read[key as keyof State]).toEqual(state[key as keyof State])
      }),
    )
  })

  test('the address of the initial state has no query', () => {
    expect(writeState(readState(''))).toBe('')
  })

  test('any address is read, with defaults in place of invalid values', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), query => {
        expect(VIEWS).toContain(readState(query).view)
      }),
    )
    const odd = readState(
      '?view=nowhere&z=1,two&seed=-1&n=1e9&temperature=NaN&corners=class:0&steps=2.5&hide=1,x',
    )
    expect(writeState(odd)).toBe('')
    expect(odd).toMatchObject({ view: 'explore', z: [], seed: 7, n: 16, temperature: 1, steps: 12, hide: [] })
    expect(odd.corners).toEqual(['class:0', 'class:7'])
  })

  test('the address uses plain names, with : ; and , unescaped', () => {
    const state: State = { ...readState(''), view: 'interpolate', corners: ['seed:1', 'z:0.5,-1'] }
    expect(writeState(state)).toBe('?view=interpolate&corners=seed:1;z:0.5,-1')
  })
})

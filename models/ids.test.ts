import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatId, type Identity, parseId } from './ids.ts'
import { standardPrior } from './latent/prior.ts'

const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value + 0)
const positive = fc.double({ min: 0, minExcluded: true, noNaN: true, noDefaultInfinity: true })
const listOf = (values: fc.Arbitrary<number>, length: number) =>
  fc.array(values, { minLength: length, maxLength: length })

const plain: fc.Arbitrary<Identity> = fc
  .record({
    data: fc.constantFrom('mnist', 'fashion-mnist', 'freyface', 'mine42'),
    kind: fc.constantFrom('ae' as const, 'vae' as const),
    layers: fc.integer({ min: 1, max: 8 }),
    latentDim: fc.integer({ min: 1, max: 5 }),
    reconstruction: fc.constantFrom('bce' as const, 'mse' as const, 'l1' as const),
  })
  .chain(common => {
    const { kind, latentDim } = common
    if (kind === 'ae') return fc.constant({ ...common, beta: 0, prior: standardPrior(latentDim) })
    return fc.record({
      ...(Object.fromEntries(
        Object.entries(common).map(([key, value]) => [key, fc.constant(value)]),
      ) as never as { [K in keyof typeof common]: fc.Arbitrary<(typeof common)[K]> }),
      beta: fc.oneof(fc.constant(1), fc.constant(0), positive),
      prior: fc.record({ mean: listOf(finite, latentDim), variance: listOf(positive, latentDim) }),
    })
  })

/** Also conditional, with widths of their own, of binary pixels and with an importance-weighted objective. */
const identities: fc.Arbitrary<Identity> = fc
  .record({
    identity: plain,
    conditional: fc.boolean(),
    binarized: fc.boolean(),
    widths: fc.option(fc.array(fc.integer({ min: 1, max: 4096 }), { minLength: 1, maxLength: 7 })),
    importanceSamples: fc.option(fc.integer({ min: 1, max: 5000 })),
  })
  .map(({ identity, conditional, binarized, widths, importanceSamples }) => ({
    ...identity,
    ...(conditional && { conditional: true }),
    ...(binarized && { binarized: true }),
    ...(widths && { widths, layers: widths.length + 1 }),
    ...(identity.kind === 'vae' && importanceSamples && { importanceSamples }),
  }))

test('parseId inverts formatId', () => {
  fc.assert(
    fc.property(identities, identity => {
      expect(parseId(formatId(identity))).toEqual(identity)
    }),
  )
})

test('different identities have different ids', () => {
  fc.assert(
    fc.property(identities, identities, (a, b) => {
      fc.pre(JSON.stringify(a) !== JSON.stringify(b))
      expect(formatId(a)).not.toBe(formatId(b))
    }),
  )
})

test.each<[string, Identity]>([
  [
    'fashion-cvae-w512x320-z16-beta0.5',
    {
      data: 'fashion-mnist',
      kind: 'vae',
      conditional: true,
      layers: 3,
      widths: [512, 320],
      latentDim: 16,
      beta: 0.5,
      reconstruction: 'bce',
      prior: standardPrior(16),
    },
  ],
  [
    'mnist-vae-w200-z3-iwae50-binary',
    {
      data: 'mnist',
      kind: 'vae',
      layers: 2,
      widths: [200],
      latentDim: 3,
      beta: 1,
      reconstruction: 'bce',
      prior: standardPrior(3),
      importanceSamples: 50,
      binarized: true,
    },
  ],
  [
    'mnist-vae-l2-z2',
    {
      data: 'mnist',
      kind: 'vae',
      layers: 2,
      latentDim: 2,
      beta: 1,
      reconstruction: 'bce',
      prior: { mean: [0, 0], variance: [1, 1] },
    },
  ],
  [
    'frey-ae-l8-z1-mse',
    {
      data: 'freyface',
      kind: 'ae',
      layers: 8,
      latentDim: 1,
      beta: 0,
      reconstruction: 'mse',
      prior: { mean: [0], variance: [1] },
    },
  ],
  [
    'fashion-vae-l1-z2-beta0.02-meanm5x1.5-var1x3-l1',
    {
      data: 'fashion-mnist',
      kind: 'vae',
      layers: 1,
      latentDim: 2,
      beta: 0.02,
      reconstruction: 'l1',
      prior: { mean: [-5, 1.5], variance: [1, 3] },
    },
  ],
  [
    'mnist-vae-l1-z1-beta1em7-mean1e21',
    {
      data: 'mnist',
      kind: 'vae',
      layers: 1,
      latentDim: 1,
      beta: 1e-7,
      reconstruction: 'bce',
      prior: { mean: [1e21], variance: [1] },
    },
  ],
])('the id of %s', (id, identity) => {
  expect(parseId(id)).toEqual(identity)
  expect(formatId(identity)).toBe(id)
})

test.each([
  ['mnist', 'expected <data>-[c]<ae|vae>-<l<layers>|w<a>x<b>>-z<latent size>'],
  ['mnist-vae-w-z2', 'got "mnist-vae-w-z2"'],
  ['mnist-cae-l1-z2-iwae5', 'an AE has no beta and no prior'],
  ['mnist-gan-l2-z2', 'got "mnist-gan-l2-z2"'],
  ['mnist-vae-l2-z2-mean1x2x3', 'expected 2 numbers after -mean, joined by x, got "1x2x3"'],
  ['mnist-vae-l2-z2-var1x', 'expected 2 numbers after -var, joined by x, got "1x"'],
  ['mnist-vae-l2-z2-beta1.2.3', 'expected a number after -beta, got "1.2.3"'],
  ['mnist-ae-l2-z2-beta2', 'an AE has no beta and no prior'],
])('parseId refuses %s', (id, message) => {
  expect(() => parseId(id)).toThrow(message)
})

test('formatId keeps the name of custom data unchanged, and refuses a path', () => {
  const identity = { ...parseId('mnist-ae-l1-z2'), data: 'myicons' }
  expect(formatId(identity)).toBe('myicons-ae-l1-z2')
  expect(() => formatId({ ...identity, data: 'png:/home/me/My Icons' })).toThrow()
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decoderLayers, encoderLayers, paperWidths, parameterCount } from './architecture.ts'
import { Architecture } from './card.ts'
import paper from './paper/tables.json' with { type: 'json' }

describe('parameter counts of the paper', () => {
  const rows = [...Object.values(paper.latentDims), ...Object.values(paper.depths)].flat()
  const counts = new Map(
    rows.flatMap(({ model, layers, latentDim, parameters }) =>
      Object.entries(parameters).map(([inputDim, count]) => {
        const kind = model.toLowerCase() as Architecture['kind']
        return [
          `${kind}, ${layers} layers, latent ${latentDim}, ${inputDim} pixels`,
          { kind, layers, latentDim, inputDim: Number(inputDim), count },
        ]
      }),
    ),
  )

  test('the tables have 40 models, four of them twice', () => {
    const all = [...paper.latentDims.bce, ...paper.depths.bce].flatMap(row => Object.values(row.parameters))
    expect(all).toHaveLength(44)
    expect(counts.size).toBe(40)
  })

  test.each([...counts])('the model %s has the parameter count of the paper', (_, { count, ...shape }) => {
    expect(parameterCount({ ...shape, output: 'sigmoid' })).toBe(count)
  })

  test('each table row has the count of its model, whichever loss it is for', () => {
    for (const { model, layers, latentDim, parameters } of rows) {
      const kind = model.toLowerCase() as Architecture['kind']
      for (const [inputDim, count] of Object.entries(parameters)) {
        expect(parameterCount({ kind, layers, latentDim, inputDim: Number(inputDim), output: 'relu' })).toBe(
          count,
        )
      }
    }
  })
})

describe('paperWidths', () => {
  test.each([
    [784, 2, 1, [784, 2]],
    [784, 2, 2, [784, 393, 2]],
    [784, 2, 3, [784, 524, 263, 2]],
    [560, 2, 5, [560, 449, 337, 226, 114, 2]],
    [5, 5, 3, [5, 5, 5, 5]],
  ])(
    'paperWidths of %i pixels, latent size %i and %i layers are those of the paper',
    (inputDim, latentDim, layers, expected) => {
      expect(paperWidths(inputDim, latentDim, layers)).toEqual(expected)
    },
  )

  test('paperWidths fall from D_x to D_z in steps that differ by at most one', () => {
    const sizes = fc
      .tuple(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 8 }),
      )
      .map(([a, b, layers]) => [Math.max(a, b), Math.min(a, b), layers] as const)
    fc.assert(
      fc.property(sizes, ([inputDim, latentDim, layers]) => {
        const w = paperWidths(inputDim, latentDim, layers)
        const steps = w.slice(1).map((width, i) => w[i] - width)
        expect([w.length, w[0], w[layers]]).toEqual([layers + 1, inputDim, latentDim])
        expect(Math.max(...steps) - Math.min(...steps)).toBeLessThanOrEqual(1)
      }),
    )
  })

  test.each([
    [[0, 2, 1], 'inputDim: expected a positive integer, got 0'],
    [[784, 2.5, 1], 'latentDim: expected a positive integer, got 2.5'],
    [[784, 2, -1], 'layers: expected a positive integer, got -1'],
    [[4, 5, 1], 'latentDim: expected at most inputDim (4), got 5'],
  ])('paperWidths refuse %j', ([inputDim, latentDim, layers], message) => {
    expect(() => paperWidths(inputDim, latentDim, layers)).toThrow(new RangeError(message))
  })
})

test('a VAE encoder has two heads on one trunk, and its decoder has the widths in reverse', () => {
  const vae: Architecture = { kind: 'vae', inputDim: 784, latentDim: 2, layers: 3, output: 'sigmoid' }
  expect(encoderLayers(vae)).toEqual([
    { name: 'encoder_1', inputs: 784, units: 524, activation: 'relu' },
    { name: 'encoder_2', inputs: 524, units: 263, activation: 'relu' },
    { name: 'mu', inputs: 263, units: 2, activation: 'linear' },
    { name: 'logvar', inputs: 263, units: 2, activation: 'linear' },
  ])
  expect(decoderLayers({ ...vae, output: 'identity' })).toEqual([
    { name: 'decoder_1', inputs: 2, units: 263, activation: 'relu' },
    { name: 'decoder_2', inputs: 263, units: 524, activation: 'relu' },
    { name: 'decoder_3', inputs: 524, units: 784, activation: 'linear' },
  ])
  expect(encoderLayers({ ...vae, kind: 'ae', layers: 1 })).toEqual([
    { name: 'z', inputs: 784, units: 2, activation: 'linear' },
  ])
})

test('a conditional model with its own widths takes y with x and with z', () => {
  const conditional: Architecture = {
    kind: 'vae',
    inputDim: 784,
    latentDim: 16,
    layers: 3,
    widths: [512, 320],
    classes: 10,
    output: 'sigmoid',
  }
  const shapes = (layers: ReturnType<typeof encoderLayers>) =>
    layers.map(({ name, inputs, units }) => [name, inputs, units])
  expect(shapes(encoderLayers(conditional))).toEqual([
    ['encoder_1', 794, 512],
    ['encoder_2', 512, 320],
    ['mu', 320, 16],
    ['logvar', 320, 16],
  ])
  expect(shapes(decoderLayers(conditional))).toEqual([
    ['decoder_1', 26, 320],
    ['decoder_2', 320, 512],
    ['decoder_3', 512, 784],
  ])
  expect(shapes(encoderLayers({ ...conditional, layers: 1, widths: [] }))).toEqual([
    ['mu', 794, 16],
    ['logvar', 794, 16],
  ])
  expect(Architecture.safeParse(conditional).success).toBe(true)
  expect(Architecture.safeParse({ ...conditional, layers: 2 }).error?.issues[0].path).toEqual(['widths'])
})

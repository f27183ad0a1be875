import { expect, test } from 'vitest'
import type { Metric } from '../../../models/card.ts'
import { parseId } from '../../../models/ids.ts'
import { formatResult, Result } from '../../../models/paper/result.ts'
import { configure } from '../../fit/choices.ts'
import { defaultChoices } from '../../fit/run-options.ts'
import { formatCsv } from './csv.ts'
import { summarize } from './summary.ts'
import { formatMarkdown, formatText, makeTables } from './table.ts'

/** Makes a result with the given bce of validation and test, and twice these at drawn z. */
function result(id: string, fold: number, [validation, test]: [number, number], epochs = 200): Result {
  const choices = { ...defaultChoices(), data: parseId(id).data, fold, epochs }
  const configuration = configure(parseId(id), choices, { height: 28, width: 28 })
  const metric = (name: Metric['name'], split: Metric['split'], latent: Metric['latent'], value: number) => ({
    name,
    unit: name === 'bce' ? ('nats per pixel' as const) : ('nats per image' as const),
    split,
    images: 6000,
    latent,
    value,
  })
  const isVae = configuration.architecture.kind === 'vae'
  return {
    name: id,
    configuration,
    status: 'finished',
    epochs,
    savedEpoch: epochs,
    parameters: 620_156,
    seconds: 12.3,
    images: { train: 54_000, validation: 6000, test: 10_000, note: null },
    weights: 'ab'.repeat(32),
    versions: { node: 'v24.0.0' },
    metrics: [
      metric('bce', 'validation', 'mu', validation),
      metric('bce', 'test', 'mu', test),
      ...(isVae
        ? [
            metric('bce', 'validation', 'sampled', 2 * validation),
            metric('bce', 'test', 'sampled', 2 * test),
            metric('kl', 'test', 'mu', 6.25),
          ]
        : []),
    ],
  }
}

const vae = [
  result('mnist-vae-l2-z2', 0, [0.18, 0.181]),
  result('mnist-vae-l2-z2', 1, [0.184, 0.183]),
  result('mnist-vae-l2-z2', 2, [0.182, 0.188]),
]
const ae = [result('mnist-ae-l2-z2', 0, [0.2, 0.21]), result('mnist-ae-l2-z2', 1, [0.3, 0.22])]

// By hand: validation 0.182 and √((4+4+0)/2)·10⁻³ = 0.002; test 0.184 and √((9+1+16)/2)·10⁻³ = 0.00361.
test('makeTables shows means and deviations over the folds next to the paper’s', () => {
  const [bce] = makeTables(summarize([...vae, ...ae], 'priors'), 'mu', false)
  expect(formatMarkdown(bce).split('\n').slice(4)).toEqual([
    '| model | epochs | folds | validation | test | paper, validation | paper, test |',
    '| :-- | --: | --: | --: | --: | --: | --: |',
    '| mnist-ae-l2-z2 | 200 | 2 of 10 | 0.2500 | 0.2150 | 0.182 ± 0.0013 | 0.181 ± 0.0008 |',
    '| mnist-vae-l2-z2 | 200 | 3 of 10 | 0.1820 ± 0.0020 | 0.1840 ± 0.0036 | 0.184 ± 0.0020 | 0.1837 ± 0.0017 |',
    '',
  ])
  // Table 6 has three decimals where Table 1 has four.
  const [depths] = makeTables(summarize(vae, 'depths'), 'mu', true)
  expect(formatText(depths)).toBe(
    [
      "BCE in nats per pixel at z = mu (p.: the paper's)",
      'model            n     validation           test  p. val  p. test',
      '─────────────────────────────────────────────────────────────────',
      'mnist-vae-l2-z2  3  0.1820±0.0020  0.1840±0.0036   0.184    0.183',
    ].join('\n'),
  )
})

test('makeTables at drawn z shows VAEs only, with their figures at drawn z', () => {
  const [bce] = makeTables(summarize([...vae, ...ae]), 'sampled', false)
  expect(bce.rows.map(row => row.slice(0, 5))).toEqual([
    ['mnist-vae-l2-z2', '200', '3 of 10', '0.3640 ± 0.0040', '0.3680 ± 0.0072'],
  ])
  expect(makeTables(summarize(ae), 'sampled', false)).toEqual([])
})

test('summarize does not average results with different settings', () => {
  const summaries = summarize([...vae, result('mnist-vae-l2-z2', 3, [0.2, 0.2], 40)])
  expect(summaries.map(({ n, epochs }) => [n, ...epochs])).toEqual([
    [1, 40, 40],
    [3, 200, 200],
  ])
})

test('summarize refuses folds that were trained on different data, and names them', () => {
  const of = (hash: string, fold: number): Result => {
    const part = { images: 1, sha256: hash.repeat(64) }
    const data = { sha256: hash.repeat(64), train: part, test: part }
    return { ...result('mnist-vae-l2-z2', fold, [0.2, 0.2]), data }
  }
  expect(summarize([of('a', 0), of('a', 1), vae[2]])[0].n).toBe(3)
  expect(() => summarize([of('a', 0), of('b', 1)])).toThrow(
    'mnist-vae-l2-z2: expected all its folds on the same data, got fold 0 on aaaaaaaaaaaa…, fold 1 on bbbbbbbbbbbb…',
  )
})

test('summarize refuses a fold that lacks a figure of another, and names both', () => {
  const [first, second] = vae
  const metrics = second.metrics.filter(({ name }) => name !== 'kl')
  expect(() => summarize([first, { ...second, metrics }])).toThrow(
    'mnist-vae-l2-z2: expected the same figures of all folds, got kl on test at z mu of fold 0 but not of fold 1',
  )
  expect(() => summarize([{ ...first, metrics }, second])).toThrow('of fold 1 but not of fold 0')
})

test('a result may have an elbo at a drawn z only', () => {
  const [first] = vae
  const elbo = { ...first.metrics[0], name: 'elbo', unit: 'nats per image', value: -140 } as const
  const withElbo = (latent: Metric['latent']) =>
    Result.safeParse({ ...first, metrics: [{ ...elbo, latent }] })
  expect(withElbo('sampled').success).toBe(true)
  expect(withElbo('mu').error?.issues[0].message).toMatch(/^expected an elbo at z sampled only/)
})

test('formatCsv writes a line for each figure with all digits', () => {
  const lines = formatCsv(summarize(vae, 'priors'), ({ id }) => `of ${id}`).split('\r\n')
  const [head, ...cells] = lines.map(line => line.split(','))
  const rows = cells.map(row => Object.fromEntries(head.map((name, i) => [name, row[i]])))
  const ofTest = rows.filter(({ split, z, metric }) => split === 'test' && z === 'mu' && metric === 'bce')
  // The preset's table comes first.
  expect(ofTest.map(line => [line.paper_table, line.paper_mean])).toEqual([
    ['1', '0.1837'],
    ['2', '0.184'],
    ['6', '0.183'],
  ])
  const [row] = ofTest
  expect(row).toMatchObject({
    model: 'mnist-vae-l2-z2',
    data: 'mnist',
    prior_mean: '0 0',
    n: '3',
    folds: '10',
    recipe: 'of mnist-vae-l2-z2',
    unit: 'nats per pixel',
    paper_table: '1',
    paper_mean: '0.1837',
  })
  expect(Number(row.mean)).toBeCloseTo(0.184, 12)
  expect(Number(row.std)).toBeCloseTo(Math.sqrt(13) / 1000, 12)
  // Four losses, each in three tables, and the KL; the last line is empty.
  expect(rows).toHaveLength(4 * 3 + 1 + 1)
})

test('formatResult writes a line for each field and metric, which reads back the same', () => {
  const text = formatResult(vae[0])
  expect(Result.parse(JSON.parse(text))).toEqual(vae[0])
  expect(formatResult(Result.parse(JSON.parse(text)))).toBe(text)
  expect(text.split('\n')).toContain(
    '    {"name":"kl","unit":"nats per image","split":"test","images":6000,"latent":"mu","value":6.25}',
  )
})

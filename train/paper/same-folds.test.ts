import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import committed from '../../models/paper/report.json' with { type: 'json' }
import type { Report } from '../../models/paper/report.ts'
import type { Result } from '../../models/paper/result.ts'
import { deepModels } from '../../models/paper/verdict.ts'

/* What the report says of folds and epochs, read again from the result files alone. */

const FOLDER = 'models/paper/results'
const REPORT = committed as unknown as Report
const RESULTS = readdirSync(FOLDER)
  .filter(file => file.endsWith('.json'))
  .map(file => JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as Result)

/** The mean of a test loss over some folds of a model: of a VAE at a drawn z. */
function testLoss(name: string, loss: string, folds: readonly number[]): number {
  const values = RESULTS.filter(
    result => result.name === name && folds.includes(result.configuration.data.fold),
  ).map(({ configuration, metrics }) => {
    const latent = configuration.architecture.kind === 'vae' ? 'sampled' : 'mu'
    return metrics.find(m => m.name === loss && m.split === 'test' && m.latent === latent)!.value as number
  })
  expect(values).toHaveLength(folds.length)
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

test('a variant is compared with the run of the tables on the folds that the variant has run on', () => {
  for (const { name, id, n, usual } of REPORT.variants) {
    const folds = RESULTS.filter(result => result.name === name).map(
      ({ configuration }) => configuration.data.fold,
    )
    expect({ name, n }).toEqual({ name, n: folds.length })
    if (!usual) continue
    // The reading of diag(1, 3) as deviations is compared with its reading as variances.
    const other = name === 'mnist-vae-l2-z2-var1x9' ? 'mnist-vae-l2-z2-var1x3' : id
    for (const loss of ['bce', 'mse', 'l1'] as const)
      expect(usual.test[loss], `${name}, ${loss}`).toBeCloseTo(testLoss(other, loss, folds), 12)
  }
})

test('every variant says in what it differs', () => {
  for (const { name, differs } of REPORT.variants) expect(differs, name).not.toBe('')
  const prior = REPORT.variants.find(({ name }) => name === 'mnist-vae-l2-z2-var1x9')
  expect(prior?.differs).toBe("prior's variance 1,9 (not 1,3)")
})

test('the trainings that were best at their last epoch are those that saved it', () => {
  const deep = RESULTS.filter(({ name }) => /^(?:mnist|fashion)-v?ae-l[5-8]-z2$/.test(name))
  const { epochs, trainings, bestAtEnd } = deepModels(REPORT.rows)
  expect(trainings).toBe(deep.length)
  expect(bestAtEnd).toBe(deep.filter(run => run.savedEpoch === run.epochs).length)
  const epochsOf = (name: string) => RESULTS.find(run => run.name === name)!.epochs
  expect(epochs).toEqual([epochsOf('mnist-ae-l1-z2'), epochsOf('mnist-ae-l8-z2')])
})

test('the README says of FreyFace’s deep VAEs what their results say: whether any dimension is active', () => {
  const active = (name: string) => {
    const own = RESULTS.filter(result => result.name === name).map(
      ({ metrics }) =>
        metrics.find(m => m.name === 'activeUnits' && m.split === 'test' && m.latent === 'mu')!.value,
    ) as number[]
    expect(own.length, name).toBeGreaterThan(0)
    return Math.min(...own)
  }
  const cold = [4, 6, 8].map(layers => active(`frey-vae-l${layers}-z2-mse-nowarmup`) > 0)
  expect(cold).toEqual([false, true, false])
  for (const layers of [4, 5, 6, 7, 8])
    expect(active(`frey-vae-l${layers}-z2-mse`), `${layers} layers`).toBeGreaterThan(0)
  expect(active('frey-vae-l4-z2-mse-paper')).toBeGreaterThan(0)
  const readme = readFileSync('README.md', 'utf8').replace(/\s+/g, ' ')
  expect(readme).toContain('those of four and eight layers collapse and that of six does not')
})

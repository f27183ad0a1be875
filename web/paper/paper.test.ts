import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { paperWidths, parameterCount } from '../../models/architecture.ts'
import allFrames from '../../models/paper/all-frames.json' with { type: 'json' }
import type { AllFrames } from '../../models/paper/all-frames.ts'
import committed from '../../models/paper/report.json' with { type: 'json' }
import type { Ours, Report, ReportRow, Variant } from '../../models/paper/report.ts'
import { type Result, runName } from '../../models/paper/result.ts'
import paper from '../../models/paper/tables.json' with { type: 'json' }
import { distinctRows, isMet, rowAt, tally, verdictOf } from '../../models/paper/verdict.ts'
import { fixed } from '../../models/print-number.ts'
import { createRng } from '../../models/random.ts'
import { trim } from '../build/trim-report-plugin.ts'
import { COUNTS, ceilings, count, EXAMPLE } from './method/widths.ts'
import { method } from './method.ts'
import { collapse } from './questions/collapse.ts'
import { folds } from './questions/folds.ts'
import { framesTrainedOn } from './questions/frames-trained-on.ts'
import { posteriorDraw } from './questions/posterior-draw.ts'
import { prior } from './questions/prior.ts'
import { below } from './questions/test-below-validation.ts'
import { questions } from './questions.ts'
import { listed, percent, plural, signed, span } from './report/numbers.ts'
import { depthTrend, sizeTrend } from './tables/trends.ts'
import { threats } from './threats.ts'
import { findings } from './verdict/findings.ts'
import { tallySentences } from './verdict/verdict.ts'

const REPORT = committed as unknown as Report

/** The report with other rows of ours, judged anew, and other variants. */
function report(ours: (row: ReportRow) => Ours | null, variants: Variant[]): Report {
  const rows = REPORT.rows.map((row): ReportRow => {
    const mine = ours(row)
    return {
      ...row,
      ours: mine,
      verdict: mine && verdictOf(row.table, row.paper.test, mine.test),
      met: mine && isMet(row.table, row.paper.test.mean, mine.test.mean),
    }
  })
  return { ...REPORT, runs: 0, tally: tally(rows), rows, variants }
}

/** Ours as if they were the paper's. */
function alike({ paper: { validation, test }, kind }: ReportRow): Ours {
  const atMu = { validation, test: { ...test, mean: 1.01 * test.mean } }
  return {
    n: 5,
    folds: 10,
    epochs: 20,
    bestAtEnd: 1,
    validation,
    test,
    atMu: kind === 'vae' ? atMu : null,
    kl: kind === 'vae' ? 6 : null,
    activeUnits: 2,
    command: '',
    weights: '',
  }
}

function variant(name: string, kl: number | null, activeUnits: number): Variant {
  const losses = { bce: 0.6, mse: 0.01, l1: 0.07 }
  return {
    name,
    id: name.replace(/-[a-z]+$/, ''),
    differs: '',
    n: 1,
    folds: 5,
    epochs: 800,
    training: 0.5 * losses.mse,
    validation: losses,
    test: losses,
    testAtMu: kl === null ? null : losses,
    kl,
    activeUnits,
    usual: { validation: losses, test: losses, kl },
    command: '',
  }
}

const depth = (rows: readonly ReportRow[]) => rows.filter(row => row.table === 6 && row.dataset === 'mnist')
const sizes = (rows: readonly ReportRow[]) => rows.filter(row => row.table === 3 && row.dataset === 'mnist')

/** All that the page says in sentences and small tables. */
function said(of: Report): string {
  return JSON.stringify([
    tallySentences(of.tally),
    findings(of),
    questions(of),
    method(of),
    threats(of),
    depthTrend(depth(of.rows)),
    sizeTrend(sizes(of.rows)),
  ])
}
const NONSENSE = /NaN|Infinity|undefined|null|\[object|\s{2}|\(\)| \./

describe('texts of the Paper page', () => {
  test('the texts are complete without any result and say that there is none', () => {
    const text = said(report(() => null, []))
    expect(text).not.toMatch(NONSENSE)
    expect(text).toContain('has been run yet')
    expect(text).toContain('not run yet')
  })

  test('the texts are complete for any subset of rows, folds and variants', () => {
    const names = [1, 2, 3, 4, 5, 6, 7, 8].map(layers => `frey-vae-l${layers}-z2-mse-nowarmup`)
    const others = [
      'frey-ae-l4-z2-mse-contiguous',
      'frey-ae-l4-z2-mse-paper',
      'frey-vae-l4-z2-mse-paper',
      'mnist-vae-l2-z2-var1x9',
    ]
    for (let seed = 0; seed < 60; seed++) {
      const draw = createRng(seed)
      const some = report(
        row => {
          if (draw() < seed / 60) return null
          const std = draw() < 0.5 ? null : 0.001 * draw()
          const ours = alike(row)
          return { ...ours, test: { mean: ours.test.mean * (0.9 + 0.2 * draw()), std } }
        },
        [...names, ...others].filter(() => draw() < 0.5).map(name => variant(name, draw(), draw())),
      )
      expect(said(some), `seed ${seed}`).not.toMatch(NONSENSE)
    }
  })

  test('the texts are complete for the committed report', () => {
    expect(said(REPORT)).not.toMatch(NONSENSE)
  })

  test('the summary counts the figures that are met and those that are not', () => {
    const [met, beyond] = tallySentences({ of: 188, run: 180, met: 170, better: 60, level: 115, worse: 5 })
    expect(met).toBe(
      '170 of the paper’s 188 figures on test images are met or beaten. 10 are not, and 8 have not been run yet.',
    )
    expect(beyond).toBe('By more than the spread, 60 are better and 5 worse; 115 are level with the paper’s.')
  })

  test('the texts name the VAEs that collapse, and those in which the warm-up of beta prevents it', () => {
    const cold = [1, 2, 3, 4].map(layers =>
      variant(`frey-vae-l${layers}-z2-mse-nowarmup`, layers < 3 ? 5 : 0, layers < 3 ? 2 : 0),
    )
    const answer = collapse(report(alike, cold)).answer.join(' ')
    expect(answer).toContain(
      'From 4 layers on, the paper’s VAEs of FreyFace all have the same test BCE, 0.629',
    )
    expect(answer).toContain(
      'β = 1 from the start, 2 of 4 do: 3 and 4 layers; not 1 layer (2 active, KL 5.00) and 2 layers (2 active, KL 5.00).',
    )
    const byProtocol = collapse(report(alike, [variant('frey-vae-l4-z2-mse-paper', 1.67, 2)])).answer.join(
      ' ',
    )
    expect(byProtocol).toContain(
      'with a KL of 1.67, on 1 fold: not collapsed. So our code does not reproduce the collapse',
    )
    expect(answer).toContain('None of the 8 that ran collapses: the warm-up prevents it with 3 and 4 layers.')
  })

  test('the texts say that the paper’s deep AEs of FreyFace do better on test images than on held-out ones', () => {
    const { answer, numbers } = below(report(() => null, []))
    expect(answer[0]).toContain('AEs of 2, 3 and 4 layers')
    expect(answer[0]).toContain('by up to 6.4 times (3 layers: 0.042 and 0.035)')
    expect(numbers?.rows.map(row => row[3])).toEqual(
      ['0.0', '2.6', '6.4', '2.6', '0.6', '1.8', '0.6', '0.2'].map(text =>
        text === '0.0' ? '+0.0' : `−${text}`,
      ),
    )
  })
})

describe('the paper’s findings', () => {
  const shown = (of: Report) => findings(of).rows.map(row => row[3])
  const only = (rows: ReportRow[]): Report => ({ ...REPORT, rows })

  test('a finding is graded by differences beyond the spread, and depth is not tested where epochs fall with it', () => {
    expect(shown(REPORT)).toEqual([
      'yes',
      'yes',
      'not tested: deeper models had fewer epochs',
      'undecided',
      'yes',
    ])
    const sameEpochs = only(
      REPORT.rows.map(row => ({ ...row, ours: row.ours && { ...row.ours, epochs: 200 } })),
    )
    expect(shown(sameEpochs)[2]).toBe('yes')
  })

  test('an exception within the spread is none, and one beyond it is', () => {
    const priors = (std: number) =>
      only(
        REPORT.rows.map(row =>
          row.table === 1 && row.ours
            ? { ...row, ours: { ...row.ours, test: { ...row.ours.test, std } } }
            : row,
        ),
      )
    expect(shown(priors(0.01))[3]).toBe('undecided')
    expect(shown(priors(0.00001))[3]).toBe('no')
    const exact = only(
      REPORT.rows.map(row => ({
        ...row,
        ours: row.ours && { ...row.ours, test: { ...row.ours.test, std: null } },
      })),
    )
    const [counted, exceptions] = [REPORT, exact].map(of => findings(of).rows[0][2])
    expect(counted).toBe('28 of 30 pairs; not MNIST with 4 layers and 5 layers')
    expect(exceptions).toBe(
      '25 of 30 pairs; not MNIST with 4 layers, 5 layers, 6 layers, 7 layers and 8 layers',
    )
  })
})

describe('what speaks for and against a reading', () => {
  const { rows, variants } = REPORT

  test('figures that are nearer at z = mu are named beside those that are nearer at z drawn', () => {
    const text = posteriorDraw(REPORT).answer.join(' ')
    const vaes = distinctRows(rows).filter(row => row.kind === 'vae')
    const far = vaes.filter(
      ({ ours, paper }) =>
        Math.abs(ours!.test.mean - paper.test.mean) >= Math.abs(ours!.atMu!.test.mean - paper.test.mean),
    )
    expect(text).toContain(`Against it: ${far.length} figures are nearer at z = mu`)
    const ten = rows.find(row => row.table === 2 && row.beta === 10)!
    expect(far).toContain(ten)
    expect(text).toContain(
      `${fixed(ten.ours!.atMu!.test.mean, 4)} at z = mu, ${fixed(ten.ours!.test.mean, 4)} at z drawn and 0.198 in the paper`,
    )
    const counts = posteriorDraw(REPORT).numbers!.rows.map(row => Number(row[1]))
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(vaes.length)
  })

  test('every model by the paper’s protocol is shown with its three losses, and their verdicts are counted', () => {
    const { answer, numbers } = method(REPORT).find(({ slug }) => slug === 'protocol')!
    const runs = variants.filter(({ name }) => name.endsWith('-paper'))
    expect(numbers!.rows).toHaveLength(3 * runs.length)
    const of = (verdict: string) => numbers!.rows.filter(row => row[5] === verdict).length
    expect(answer.join(' ')).toContain(
      `${of('level')} are level with the paper’s, ${of('better')} better and ${of('worse')} worse`,
    )
    expect(answer.join(' ')).toContain('does not rule out a difference in code or initialisation')
  })

  test('readings of the prior and of the split are compared on the same folds', () => {
    const one = (name: string) => variants.find(variant => variant.name === name)!
    const byDeviations = one('mnist-vae-l2-z2-var1x9')
    const by = Math.abs(byDeviations.test.bce - byDeviations.usual!.test.bce)
    expect(prior(REPORT).answer.join(' ')).toContain(`is ${fixed(by, 4)} nats per pixel lower`)
    const factor = (name: string) => fixed(one(name).test.mse / one(name).usual!.test.mse, 1)
    expect(folds(REPORT).answer.join(' ')).toContain(
      `${factor('frey-ae-l4-z2-mse-contiguous')} times as large for the AE and ` +
        `${factor('frey-vae-l4-z2-mse-contiguous')} times as large for the VAE`,
    )
  })
})

describe('frames of FreyFace’s test set that were trained on', () => {
  type Choice = 'drawn' | 'keptOut' | 'heldOut'
  /** The paper's own figures of a model, as measured on some choices of frames; on the others 0.01 more. */
  const measured = (id: string, names: Choice[], fold = 0, add = 0): AllFrames => {
    const figure = (loss: 'bce' | 'mse' | 'l1') => {
      const row = REPORT.rows.find(each => each.table > 5 && each.id === id && each.loss === loss)!
      const of = (name: Choice) =>
        row.paper[name === 'heldOut' ? 'validation' : 'test'].mean + (names.includes(name) ? add : 0.01)
      return {
        trained: row.paper.test.mean + 0.01,
        heldOut: of('heldOut'),
        keptOut: of('keptOut'),
        drawn: { mean: of('drawn'), std: 0.0001 },
      }
    }
    const losses = { bce: figure('bce'), mse: figure('mse'), l1: figure('l1') }
    return { name: `${id}-paper`, fold, seed: 1, weights: '', draws: 20, frames: 400, seen: 0.64, losses }
  }
  const answer = (of: Report, frames: AllFrames[]) => framesTrainedOn(of, frames).answer.join(' ')
  const nothing = report(() => null, [])

  test('the paper’s figures are counted on test sets drawn from all frames and on frames kept out', () => {
    const two = [measured('frey-ae-l2-z2-mse', ['drawn']), measured('frey-ae-l4-z2-mse', ['keptOut'])]
    const text = answer(nothing, two)
    expect(text).toContain(
      'AEs of 2 and 4 layers were measured on 20 test sets of 400 frames drawn from all frames, of which 64%',
    )
    expect(text).toContain('3 of the paper’s 6 test figures are reproduced')
    expect(text).toContain('(3 of 3 for 2 layers, 0 of 3 for 4 layers)')
    expect(text).toContain('These 6 figures are those of 2 models in three losses')
    expect(text).toContain('The AE of 2 and 4 layers ends above the paper’s test MSE')
    expect(text).toContain('On frames kept out of training, 3 of 6 are.')
    expect(text).not.toContain('hardly overfit')
  })
  test('models that hardly overfit are counted by themselves', () => {
    const text = answer(nothing, [measured('frey-vae-l4-z2-mse', ['keptOut'])])
    expect(text).toContain('the losses of the VAE of 4 layers differ by')
    expect(text).toContain('0 of 3 figures are level with the paper’s; on frames kept out, 3.')
    expect(text).not.toContain('are reproduced')
  })
  test('the figures of a model are means over the folds that were measured', () => {
    // Each fold alone is far from the paper's figures, their mean is level with them.
    const folds = [-0.02, 0, 0.02].map((add, fold) => measured('frey-ae-l2-z2-mse', ['drawn'], fold, add))
    const { answer: text, numbers } = framesTrainedOn(nothing, folds)
    expect(text.join(' ')).toContain('one run for each fold, those of 2 layers on 3 folds. There')
    expect(text.join(' ')).toContain('3 of the paper’s 3 test figures are reproduced')
    expect(numbers!.rows).toHaveLength(3)
    expect(numbers!.rows[1].slice(0, 3)).toEqual(['AE, 2 layers, MSE', '3', '0.005'])
    expect(numbers!.rows[1][6]).toBe('0.00400 ± 0.02000')
  })
  test('the held-out folds speak against the claim where they do not give the paper’s validation figures', () => {
    const id = 'frey-ae-l2-z2-mse'
    const against = answer(nothing, [measured(id, ['drawn'])])
    expect(against).toContain('0 of 3 are level (0 of 3 for 2 layers); 3 are higher, by 1.6% to 200.0%')
    expect(against).toContain('For those of 2 layers it speaks against the claim')
    expect(against).toContain('consistent with test frames drawn from all frames, but no proof of it')
    const speaksFor = answer(nothing, [measured(id, ['drawn', 'heldOut'])])
    expect(speaksFor).toContain(
      '3 of 3 are level (3 of 3 for 2 layers). For the AEs of 2 layers this speaks for the claim',
    )
    expect(answer(nothing, [measured(id, ['keptOut'])])).toContain('give no reason to believe')
  })
  test('missed test figures of AEs are compared with the paper’s validation figures', () => {
    const missing = report(row => {
      const ours = alike(row)
      return { ...ours, test: { mean: row.paper.validation.mean + 0.001, std: null } }
    }, [])
    expect(answer(missing, [])).toMatch(
      /miss \d+ test figures of AEs of .* are met by ours in all of these cases/,
    )
    expect(
      answer(
        report(() => null, []),
        [],
      ),
    ).not.toContain('bears on the verdict')
  })
  test('the committed measurements have weights and held-out losses of the committed results by the protocol, of all of them', () => {
    const folder = 'models/paper/results'
    for (const { name, fold, seed, weights, losses } of allFrames) {
      const text = readFileSync(`${folder}/${runName(name, fold, seed)}.json`, 'utf8')
      const result = JSON.parse(text) as Result
      const latent = result.configuration.architecture.kind === 'vae' ? 'sampled' : 'mu'
      const figure = (loss: string, split: string) =>
        result.metrics.find(m => m.name === loss && m.split === split && m.latent === latent)?.value
      expect({ name, fold, weights }).toEqual({ name, fold, weights: result.weights })
      for (const [loss, { heldOut, keptOut }] of Object.entries(losses)) {
        expect({ heldOut, keptOut }).toEqual({
          heldOut: figure(loss, 'validation'),
          keptOut: figure(loss, 'test'),
        })
      }
    }
    const measured = allFrames.map(({ name, fold, seed }) => `${runName(name, fold, seed)}.json`)
    expect(measured.toSorted()).toEqual(readdirSync(folder).filter(file => /^frey-.*-paper-/.test(file)))
  })
})

describe('a row at z = mu', () => {
  test('a VAE’s row is judged again at z = mu, and an AE’s row stays the same', () => {
    const { rows } = report(alike, [])
    const vae = rows.find(row => row.kind === 'vae' && row.table === 6)!
    const ae = rows.find(row => row.kind === 'ae')!
    expect(vae).toMatchObject({ verdict: 'level', met: true })
    expect(rowAt(vae, 'mu')).toMatchObject({ met: false, verdict: 'worse' })
    expect(rowAt(vae, 'mu').ours?.test.mean).toBeCloseTo(1.01 * vae.paper.test.mean, 12)
    expect(rowAt(vae, 'sampled')).toBe(vae)
    expect(rowAt(ae, 'mu')).toBe(ae)
  })
})

describe('numbers', () => {
  test('numbers are printed with a minus sign, and a missing one as a dash', () => {
    expect([fixed(-0.25, 1), fixed(-0.001, 1), fixed(null, 2), fixed(Number.NaN, 2)]).toEqual([
      '−0.3',
      '0.0',
      '–',
      '–',
    ])
    expect([signed(0.5, 1), signed(-0.5, 1), percent(0.0123), percent(undefined)]).toEqual([
      '+0.5',
      '−0.5',
      '+1.2%',
      '–',
    ])
    expect([listed([1]), listed([1, 2, 3]), plural(1, 'layer'), plural(2, 'layer')]).toEqual([
      '1',
      '1, 2 and 3',
      '1 layer',
      '2 layers',
    ])
    expect([span([], String), span([2, 1], String), span([1, 1], String)]).toEqual([undefined, '1 to 2', '1'])
  })
})

test('the example of the width formula gives the paper’s parameter count with the floor, not with the ceiling', () => {
  const { inputDim, latentDim, layers, printed } = EXAMPLE
  const row = paper.depths.bce.find(one => one.model === 'AE' && one.layers === layers)!
  expect(row.latentDim).toBe(latentDim)
  expect(row.parameters['784']).toBe(printed)
  expect(parameterCount({ kind: 'ae', inputDim, latentDim, layers, output: 'sigmoid' })).toBe(printed)
  expect(count(paperWidths(inputDim, latentDim, layers))).toBe(printed)
  expect(count(ceilings(inputDim, latentDim, layers))).not.toBe(printed)
})

test('every number of parameters that the paper lists is that of rounding down, and the page counts each once', () => {
  const listed = [...paper.latentDims.bce, ...paper.depths.bce].flatMap(
    ({ model, layers, latentDim, parameters }) =>
      Object.entries(parameters).map(([inputDim, printed]) => {
        const kind = model === 'AE' ? ('ae' as const) : ('vae' as const)
        const ours = parameterCount({
          kind,
          inputDim: Number(inputDim),
          latentDim,
          layers,
          output: 'sigmoid',
        })
        expect({ model, layers, latentDim, inputDim, ours }).toMatchObject({ ours: printed })
        return printed
      }),
  )
  expect(new Set(listed).size).toBe(COUNTS)
})

test('the report that the page fetches has no hashes, and all digits that the page shows', () => {
  const lean = JSON.parse(trim(JSON.stringify(REPORT))) as Report
  expect(lean.tally).toEqual(REPORT.tally)
  for (const [i, { ours }] of REPORT.rows.entries()) {
    expect(lean.rows[i].ours?.weights ?? '').toBe('')
    expect(lean.rows[i].ours?.test.mean.toFixed(5)).toBe(ours?.test.mean.toFixed(5))
    expect(lean.rows[i].ours?.command).toBe(ours?.command)
  }
})

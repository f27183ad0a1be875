import { expect, test } from 'vitest'
import { isNearerDrawn, placeOf, seemsCollapsed } from './drawn.ts'
import report from './report.json' with { type: 'json' }
import type { ReportRow } from './report.ts'
import { distinctRows } from './verdict.ts'

const ROWS = report.rows as unknown as ReportRow[]
const model = ROWS.find(row => row.id === 'mnist-vae-l1-z2' && row.loss === 'bce')!
const std = null

/** A VAE's row with these losses. */
function rowWith(paper: number, mu: number, drawn: number): ReportRow {
  const of = (mean: number) => ({ validation: { mean, std }, test: { mean, std } })
  return {
    ...model,
    paper: { ...model.paper, test: { mean: paper, std: 0 } },
    ours: { ...model.ours!, ...of(drawn), atMu: of(mu) },
  }
}

test('the nearer of two losses is that of least distance, and a figure of the paper is placed beside them', () => {
  expect([0.1, 0.18, 0.23, 0.3].map(paper => isNearerDrawn(rowWith(paper, 0.2, 0.24)))).toEqual([
    false,
    false,
    true,
    true,
  ])
  expect([0.1, 0.2, 0.23, 0.3].map(paper => placeOf(rowWith(paper, 0.2, 0.24)))).toEqual([
    'below',
    'between',
    'between',
    'above',
  ])
})

test('a drawn z raises every committed loss, so that a figure above both of ours is nearer at a drawn z', () => {
  const vaes = distinctRows(ROWS).filter(row => row.ours?.atMu)
  expect(vaes).toHaveLength(98)
  for (const row of vaes) {
    expect(row.ours!.test.mean).toBeGreaterThan(row.ours!.atMu!.test.mean)
    if (placeOf(row) === 'above') expect(isNearerDrawn(row)).toBe(true)
    if (placeOf(row) === 'below') expect(isNearerDrawn(row)).toBe(false)
  }
})

test('the VAEs that seem to have collapsed are those of FreyFace that have one test BCE in the paper', () => {
  const deep = ROWS.filter(row => row.table === 6 && row.kind === 'vae' && row.dataset === 'freyface')
  const [{ paper }] = deep.filter(seemsCollapsed)
  expect(deep.filter(row => row.paper.test.mean === paper.test.mean)).toEqual(deep.filter(seemsCollapsed))
})

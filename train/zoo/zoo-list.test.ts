import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Card } from '../../models/card.ts'
import { paperRows } from '../../models/paper/paper-rows.ts'
import { Result, runName } from '../../models/paper/result.ts'
import { PAPER_MODELS } from './zoo-list.ts'

const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'))

test.each(PAPER_MODELS)('the shipped %s has the weights of the run in the tables', id => {
  const { training } = Card.parse(readJson(`models/zoo/${id}/card.json`))
  const { weights } = Result.parse(readJson(`models/paper/results/${runName(id, 0, 1)}.json`))
  expect(training.weights).toBe(weights)
})

test('the models of Tables 1 and 2 are shipped', () => {
  const ids = paperRows().flatMap(({ table, id }) => (table <= 2 ? [id] : []))
  expect(PAPER_MODELS).toEqual(expect.arrayContaining(ids))
})

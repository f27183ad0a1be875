import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { Card } from '../../models/card.ts'
import { printImage } from '../../models/images/image-code.ts'
import { findUnfit } from './replace-unfit.ts'
import { readState } from './state/state.ts'

const cardOf = (id: string): Card =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, '../../models/zoo', id, 'card.json'), 'utf8'))

const PLANAR = cardOf('mnist-vae-best')
const CONDITIONAL = cardOf('mnist-cvae-w512x320-z20-beta0.3')
const LIST = [
  { id: 'mnist-vae-best', available: true },
  { id: 'mnist-ae-l1-z8', available: true },
  { id: 'away', available: false },
]

test.each([
  ['?view=compare&other=nope', /no model “nope” to compare with/, { other: '' }],
  ['?view=compare&other=away', /no model “away”/, { other: '' }],
  ['?view=compare&other=tab-1', /^This browser has no model “tab-1”/, { other: '' }],
  [
    '?view=reconstruct&among=nope,mnist-ae-l1-z8',
    /This server has no model “nope”/,
    { among: ['mnist-ae-l1-z8'] },
  ],
  ['?z=1', /has 2 numbers, and the address has 1\./, { z: [] }],
  ['?z=1,2,3', /has 2 numbers, and the address has 3\./, { z: [] }],
  ['?view=sample&from=99', /no class or prior “99”/, { from: 'any' }],
  ['?view=reconstruct&x=ink:AA', /image that does not fit this model/, { x: 'test:0' }],
  ['?x=grey:AAAA', /image/, { x: 'test:0' }],
  ['?view=reconstruct&x=test:999999', /image/, { x: 'test:0' }],
  ['?x=%E0%A4%A', /image/, { x: 'test:0' }],
])('%s is told in a sentence and replaced by the default', (query, sentence, patch) => {
  const found = findUnfit(readState(query), PLANAR, LIST)
  expect(found.sentences).toEqual([expect.stringMatching(sentence)])
  expect(found.patch).toEqual(patch)
})

test('a class that a conditional model does not have is told', () => {
  expect(findUnfit(readState('?y=99'), CONDITIONAL, LIST)).toMatchObject({ patch: { y: 0 } })
  expect(findUnfit(readState('?y=9'), CONDITIONAL, LIST).sentences).toEqual([])
})

test.each([
  '',
  '?z=0.5,-1',
  '?view=sample&from=prior',
  '?view=sample&from=3',
  '?view=reconstruct&x=test:9999&among=mnist-vae-best',
  `?x=${printImage(new Float32Array(784).fill(1), 'drawing')}`,
  `?x=${printImage(new Float32Array(784).fill(1), 'picture')}`,
])('the address "%s" fits and is left as it is', query => {
  expect(findUnfit(readState(query), PLANAR, LIST)).toEqual({ patch: {}, sentences: [] })
})

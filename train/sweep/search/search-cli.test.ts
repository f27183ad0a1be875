import { expect, test } from 'vitest'
import { RECIPE_GROUPS } from '../../../models/paper/recipe.ts'
import { chooseGroups } from './search-cli.ts'

test('chooseGroups refuses data sets and numbers of layers that are not searched', () => {
  expect(chooseGroups()).toEqual(RECIPE_GROUPS)
  expect(new Set(chooseGroups(['mnist'], [1]).map(({ dataset, layers }) => `${dataset} ${layers}`))).toEqual(
    new Set(['mnist 1']),
  )
  expect(() => chooseGroups(['mnist', 'minst'])).toThrow(
    '--data: expected some of freyface, mnist, fashion-mnist, got minst',
  )
  expect(() => chooseGroups(['mnist'], [99])).toThrow(/^--layers: expected numbers from 1 to \d+, got 99$/)
})

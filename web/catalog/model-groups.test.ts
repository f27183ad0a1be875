import { expect, test } from 'vitest'
import { groupModels } from './model-groups.ts'

test('groupModels groups models by data set, the best first and numbers by their size', () => {
  const of = (dataset: string | undefined, ...ids: string[]) => ids.map(id => ({ id, dataset }))
  const groups = groupModels([
    ...of('freyface', 'frey-ae'),
    ...of(undefined, 'broken'),
    ...of('icons', 'icons-vae'),
    ...of('mnist', 'mnist-vae-l1-z64', 'mnist-vae-l1-z8', 'mnist-vae-best', 'mnist-ae-l1-z2'),
  ])
  expect(groups.map(({ title, models }) => [title, ...models.map(({ id }) => id)])).toEqual([
    ['MNIST', 'mnist-vae-best', 'mnist-ae-l1-z2', 'mnist-vae-l1-z8', 'mnist-vae-l1-z64'],
    ['FreyFace', 'frey-ae'],
    ['icons', 'icons-vae'],
    ['Others', 'broken'],
  ])
  expect(groupModels([])).toEqual([])
})

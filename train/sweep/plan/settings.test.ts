import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadSweep, parseSweep } from './settings.ts'

const root = mkdtempSync(join(tmpdir(), 'settings-'))
afterAll(() => rmSync(root, { recursive: true }))

test('parseSweep expands the lists of a grid as a product and appends single runs', () => {
  const content = {
    description: 'latent sizes at two rates',
    defaults: { data: 'mnist', epochs: 5, lr: 0.1 },
    grid: { latent: [2, 8], lr: [0.01, 0.001], kind: 'ae' },
    runs: ['fashion-vae-l2-z2', { id: 'mnist-vae-l2-z2', epochs: 9 }],
  }
  const common = { data: 'mnist', epochs: 5, kind: 'ae' }
  expect(parseSweep(content, 'x')).toEqual([
    { ...common, latent: 2, lr: 0.01 },
    { ...common, latent: 2, lr: 0.001 },
    { ...common, latent: 8, lr: 0.01 },
    { ...common, latent: 8, lr: 0.001 },
    { data: 'mnist', epochs: 5, lr: 0.1, id: 'fashion-vae-l2-z2' },
    { data: 'mnist', epochs: 9, lr: 0.1, id: 'mnist-vae-l2-z2' },
  ])
})

test("parseSweep reads a prior's list as one value, a list of lists as several", () => {
  const of = (priorMean: unknown) => parseSweep({ grid: { id: 'mnist-vae-l2-z2', priorMean } }, 'x')
  expect(of([5, 10])).toEqual([{ id: 'mnist-vae-l2-z2', priorMean: [5, 10] }])
  expect(
    of([
      [5, 10],
      [0, 0],
    ]).map(s => s.priorMean),
  ).toEqual([
    [5, 10],
    [0, 0],
  ])
})

test.each<[unknown, string]>([
  [{}, 'my.json: expected "grid", "runs" or both, got neither'],
  [{ grid: { layers: [1, 9] } }, 'my.json: grid.layers.1: Too big: expected number to be <=8, got 9'],
  [{ grid: { layers: ['two'] } }, 'my.json: grid.layers.0: Invalid input: expected number, got "two"'],
  [{ runs: ['mnist-gan'] }, 'my.json: runs.0.id: model id: expected <data>-'],
  [
    { runs: [{ epoch: 3 }] },
    'my.json: runs.0: Unrecognized key: "epoch"; settings are id, variant, data, kind,',
  ],
  [
    { defaults: { schedule: 'linear' }, runs: ['mnist-ae-l1-z2'] },
    'my.json: defaults.schedule: Invalid option: expected one of "constant"|"cosine"|"one-cycle", got "linear"',
  ],
  [{ grid: { epochs: [] } }, 'my.json: grid.epochs: '],
  [[], 'my.json: Invalid input: expected object, got []'],
])('parseSweep refuses %j', (content, message) => {
  expect(() => parseSweep(content, 'my.json')).toThrow(message)
})

test('loadSweep names a file that is missing or not JSON', async () => {
  const path = join(root, 'broken.json')
  writeFileSync(path, '{"grid":')
  await expect(loadSweep(path)).rejects.toThrow(`${path}: expected JSON: `)
  await expect(loadSweep(join(root, 'none.json'))).rejects.toThrow('none.json')
})

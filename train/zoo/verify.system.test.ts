import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadDataset } from '../data/load-dataset.ts'
import { verifyModel } from './verify.ts'

const root = mkdtempSync(join(tmpdir(), 'zoo-'))
afterAll(() => rmSync(root, { recursive: true }))

function copy(name: string): string {
  const folder = join(root, name)
  cpSync('models/zoo/mnist-vae-l1-z2', folder, { recursive: true })
  return folder
}

function edit(folder: string, file: string, change: (bytes: Buffer) => Buffer | string): void {
  writeFileSync(join(folder, file), change(readFileSync(join(folder, file))))
}

test('verify confirms every figure of a shipped model from its files, and finds a changed one', async () => {
  const mnist = loadDataset('mnist')
  const load = () => mnist
  expect(await verifyModel(copy('whole'), load)).toMatchObject({ metrics: 26, faults: [] })
  const card = copy('card')
  edit(card, 'card.json', bytes => {
    const content = JSON.parse(bytes.toString())
    content.metrics.find(
      (m: { name: string; split: string }) => m.name === 'l1' && m.split === 'test',
    ).value *= 1.001
    return JSON.stringify(content)
  })
  const { faults } = await verifyModel(card, load)
  expect(faults).toHaveLength(1)
  expect(faults[0]).toContain('l1, test, z mu: the card states')
  const file = copy('file')
  edit(file, 'latents.safetensors', bytes =>
    Buffer.concat([bytes.subarray(0, -1), Buffer.of(bytes.at(-1)! ^ 1)]),
  )
  expect((await verifyModel(file, load)).faults).toEqual([
    expect.stringMatching(/^latents\.safetensors: expected SHA-256 [0-9a-f]{64}, as the card says, got /),
  ])
})

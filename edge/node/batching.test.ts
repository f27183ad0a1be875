import { readFileSync } from 'node:fs'
import path from 'node:path'
import * as ort from 'onnxruntime-node'
import { expect, test } from 'vitest'
import type { Session } from '../platform.ts'
import { batching } from './batching.ts'
import { FOLDERS, listModels } from './build.ts'
import { openSession } from './ort-session.ts'

/** A session whose only output is twice its input, with the sizes of the batches it ran. */
function doubling() {
  const batches: number[] = []
  let broken = false
  const session: Session = {
    async run(input, batch) {
      batches.push(batch)
      if (broken) throw new Error('broken')
      return { twice: input.map(value => 2 * value) }
    },
    release: async () => {},
  }
  return { session, batches, breakIt: (state: boolean) => (broken = state) }
}

const row = (...values: number[]) => Float32Array.from(values)

test('batching runs inputs that arrive together as one batch and gives each its own rows', async () => {
  const { session, batches } = doubling()
  const together = batching(session)
  const asked = [together.run(row(1, 2), 1), together.run(row(3, 4, 5, 6), 2), together.run(row(7, 8), 1)]
  expect(await Promise.all(asked)).toEqual([
    { twice: row(2, 4) },
    { twice: row(6, 8, 10, 12) },
    { twice: row(14, 16) },
  ])
  expect(batches).toEqual([4])
})

test('batching runs a single input alone, and inputs that arrive during a run after it', async () => {
  const { session, batches } = doubling()
  const together = batching({
    ...session,
    async run(input, batch) {
      if (batches.length === 0) later.push(together.run(row(9), 1), together.run(row(10), 1))
      return session.run(input, batch)
    },
  })
  const later: Promise<Record<string, Float32Array>>[] = []
  expect(await together.run(row(1), 1)).toEqual({ twice: row(2) })
  expect(await Promise.all(later)).toEqual([{ twice: row(18) }, { twice: row(20) }])
  expect(batches).toEqual([1, 2])
})

test('batching bounds the rows of a batch and runs a larger input by itself', async () => {
  const { session, batches } = doubling()
  const together = batching(session)
  const large = new Float32Array(100)
  await Promise.all([
    ...Array.from({ length: 40 }, (_, i) => together.run(row(i), 1)),
    together.run(large, 100),
    together.run(row(0), 1),
  ])
  expect(batches).toEqual([32, 8, 100, 1])
})

test('a run that fails rejects all its inputs, and the next one runs', async () => {
  const { session, breakIt } = doubling()
  const together = batching(session)
  breakIt(true)
  const failed = await Promise.allSettled([together.run(row(1), 1), together.run(row(2), 1)])
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  breakIt(false)
  expect(await together.run(row(1), 1)).toEqual({ twice: row(2) })
})

test('each model of the zoo gives a row the same bits alone and in a batch', async () => {
  for (const id of await listModels(FOLDERS.zoo)) {
    for (const part of ['encoder', 'decoder']) {
      const session = await openSession(ort, readFileSync(path.join(FOLDERS.zoo, id, `${part}.onnx`)))
      const card = JSON.parse(readFileSync(path.join(FOLDERS.zoo, id, 'card.json'), 'utf8'))
      const { inputDim, latentDim, classes = 0 } = card.architecture
      const features = (part === 'encoder' ? inputDim : latentDim) + classes
      const rows = Float32Array.from({ length: 33 * features }, (_, i) =>
        Math.abs(Math.sin(i * i + id.length)),
      )
      const alone: Record<string, Float32Array>[] = []
      for (let i = 0; i < 33; i++) {
        alone.push(await session.run(rows.slice(i * features, (i + 1) * features), 1))
      }
      for (const count of [2, 3, 5, 8, 13, 32, 33]) {
        const among = await session.run(rows.slice(0, count * features), count)
        for (const name in among) {
          const expected = Float32Array.from(alone.slice(0, count).flatMap(each => Array.from(each[name])))
          expect(Buffer.from(among[name].buffer).equals(Buffer.from(expected.buffer)), `${id} ${part}`).toBe(
            true,
          )
        }
      }
      await session.release()
    }
  }
})

import { rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { unpackSwiftshader } from '../../test/support/swiftshader.ts'
import { tryEngine } from '../doctor/doctor.ts'

test('device webgpu, in software, takes the same steps as the CPU', async () => {
  const { folder, env } = await unpackSwiftshader()
  const tried = tryEngine({ engine: 'onnx', device: 'webgpu' }, env)
  const result = await tried.finally(() => rm(folder, { recursive: true }))
  expect(result).toMatchObject({ works: true, computedBy: 'webgpu' })
  expect(result.works && result.largestDifference).toBeLessThan(1e-4)
})

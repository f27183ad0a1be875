import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import type { ServerOptions } from '../../../edge/node/server.ts'
import { writeModel } from '../fixture-model.ts'

/** The model of the folder that `makeModels` makes. */
export const MODEL = 'a-vae-z2'

/** Options of a Node server for a test: any free port, no rate limit, no log. */
export const OPTIONS = {
  host: '127.0.0.1',
  port: 0,
  rate: 0,
  trustProxy: false,
  sessionBytes: 2 ** 26,
  log: () => {},
} satisfies Partial<ServerOptions>

/** Makes a folder with one model, a VAE of 8×8 pixels, for the tests of a file. @returns its path, once tests run */
export function makeModels(): () => string {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'latent-edge-zoo-'))
    await writeModel(folder, { id: MODEL, kind: 'vae', latentDim: 2, height: 8, width: 8 })
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))
  return () => folder
}

/** Expects a URL to be compressed for this client, which sends Accept-Encoding: gzip, deflate, and for no other. */
export async function expectGzip(url: string): Promise<void> {
  const { headers } = await fetch(url)
  expect([url, headers.get('content-encoding')]).toEqual([url, 'gzip'])
  expect(headers.get('vary')?.toLowerCase()).toContain('accept-encoding')
  const plain = await fetch(url, { headers: { 'accept-encoding': 'identity' } })
  expect(plain.headers.get('content-encoding')).toBe(null)
}

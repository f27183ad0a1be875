import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Architecture } from '../../models/card.ts'
import { type Parameters, parameterShapes } from '../step/parameters.ts'
import { weightHash } from '../step/run/weight-hash.ts'

const ModelJson = z.object({
  weightsManifest: z.array(
    z.object({
      paths: z.array(z.string()).length(1),
      weights: z.array(z.object({ name: z.string(), shape: z.array(z.int()), dtype: z.literal('float32') })),
    }),
  ),
})

/**
 * Reads the weights of a run's encoder and decoder as `saveLayersModels` wrote them.
 *
 * @throws Error naming the file that is missing or cut short, or the folder where a tensor is missing or has another size
 */
export async function readSavedWeights(directory: string, architecture: Architecture): Promise<Parameters> {
  const found: Parameters = {}
  for (const part of ['encoder', 'decoder']) {
    const path = join(directory, part, 'model.json')
    const { weightsManifest } = ModelJson.parse(JSON.parse(await readFile(path, 'utf8')))
    for (const { paths, weights } of weightsManifest) {
      const file = join(directory, part, paths[0])
      const bytes = new Uint8Array(await readFile(file))
      let at = 0
      for (const { name, shape } of weights) {
        const length = 4 * shape.reduce((product, size) => product * size, 1)
        if (at + length > bytes.length)
          throw new Error(`${file}: expected at least ${at + length} bytes, got ${bytes.length}`)
        found[name] = new Float32Array(bytes.slice(at, at + length).buffer)
        at += length
      }
    }
  }
  for (const { name, shape } of parameterShapes(architecture)) {
    const expected = shape.reduce((product, size) => product * size, 1)
    if (found[name]?.length !== expected) {
      throw new Error(
        `${directory}: expected ${name} with ${expected} numbers, got ${found[name]?.length ?? 'none'}`,
      )
    }
  }
  return found
}

/**
 * Checks that the saved weights are those that the run ended with.
 *
 * @throws Error with both hashes
 */
export async function requireSavedWeights(
  directory: string,
  architecture: Architecture,
  stated: string,
): Promise<void> {
  const got = await weightHash(architecture, await readSavedWeights(directory, architecture))
  if (got === stated) return
  throw new Error(
    `${directory}: encoder/ and decoder/ do not hold the weights of the run: expected SHA-256 ${stated}, as run.json says, got ${got}`,
  )
}

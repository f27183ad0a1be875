import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Numbers } from '../check/numbers.ts'
import { decodeSamples, MOST_SAMPLES, type NamedFile } from '../check/samples.ts'
import { fail } from '../graph/conversion-error.ts'
import type { Converted } from '../to-onnx/convert-options.ts'

/**
 * Reads real inputs for a check: for an input of the model a .npy file, or a folder of PNG images.
 *
 * @param paths `path` for the first input, `name=path` for any
 * @throws ConversionError when a file cannot be read or does not fit the input
 */
export async function readSamples(
  paths: readonly string[],
  converted: Converted,
): Promise<Map<string, Numbers>> {
  const samples = new Map<string, Numbers>()
  for (const text of paths) {
    const input = converted.inputs.find(({ name }) => text.startsWith(`${name}=`)) ?? converted.inputs[0]
    const path = text.startsWith(`${input.name}=`) ? text.slice(input.name.length + 1) : text
    samples.set(input.name, decodeSamples(await readAll(path), input))
  }
  return samples
}

/** A file, or the PNG images of a folder by name. */
async function readAll(path: string): Promise<NamedFile[]> {
  const found = await stat(path).catch(() => fail(`samples: ${path}: cannot be read`))
  if (!found.isDirectory()) return [{ name: path, bytes: await readFile(path) }]
  const images = (await readdir(path)).filter(file => /\.png$/i.test(file)).sort()
  if (images.length === 0) fail(`samples: ${path}: expected PNG images, found none`)
  return Promise.all(
    images.slice(0, MOST_SAMPLES).map(async image => {
      const file = join(path, image)
      return { name: file, bytes: await readFile(file) }
    }),
  )
}

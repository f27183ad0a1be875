import { rename, rm, writeFile } from 'node:fs/promises'
import { drawInputs } from './check/draw-inputs.ts'
import { type Difference, measureParity, requireParity } from './check/parity.ts'
import { type Converted, type ConvertOptions, convertLayersModel } from './convert.ts'
import { refuse } from './graph/conversion-error.ts'
import type { Precision } from './graph/precision.ts'
import { type LayersModelSource, readLayersModel } from './layers-model/layers-model.ts'

/** Largest difference from TF.js, relative to the largest output, that a checked file may have by default. */
export const TOLERANCE: Readonly<Record<Precision, number>> = { fp32: 1e-4, fp16: 1e-2, int8: 1e-1 }
/** Absolute differences that are float32's rounding. */
const NEGLIGIBLE = 1e-6

export interface ConvertFileOptions extends ConvertOptions {
  /** Whether to run the file in other runtimes first and hold it against TF.js, and how far it may be from it. */
  check?: boolean
  tolerance?: number
}

/** A file written, and how far it is from TF.js where that was asked for. */
export interface ConvertedFile extends Converted {
  differences: readonly Difference[]
}

/**
 * Converts a LayersModel into a file. The file appears whole or not at all.
 *
 * @throws ConversionError when the model is refused or the file cannot be written
 * @throws ParityError when it was checked and is too far from TF.js
 */
export async function convertFile(
  source: LayersModelSource,
  path: string,
  options: ConvertFileOptions = {},
): Promise<ConvertedFile> {
  const converted = await convertLayersModel(source, options)
  const differences = options.check ? await check(source, converted, options) : []
  await writeWhole(path, converted.bytes)
  return { ...converted, differences }
}

async function check(
  source: LayersModelSource,
  converted: Converted,
  { precision = 'fp32', tolerance = TOLERANCE[precision] }: ConvertFileOptions,
): Promise<Difference[]> {
  const { network } = await readLayersModel(source)
  const differences = await measureParity(source, converted, drawInputs(network, converted))
  requireParity(differences, tolerance, NEGLIGIBLE)
  return differences
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const partial = `${path}.${process.pid}.partial`
  try {
    await writeFile(partial, bytes)
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    refuse(`${path}: cannot be written (${(error as NodeJS.ErrnoException).code})`)
  }
}

import { rmSync } from 'node:fs'
import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { type CheckOptions, checkModel } from './check/check-model.ts'
import type { Difference } from './check/parity.ts'
import { TOLERANCE } from './check/tolerance.ts'
import { type ModelSource, readModelFiles } from './files/artifacts.ts'
import { fail } from './graph/conversion-error.ts'
import { locate } from './node/disk-location.ts'
import { readSamples } from './node/read-samples.ts'
import { RUNTIMES } from './node/runtimes.ts'
import { convertModelFiles } from './to-onnx/convert-model.ts'
import { type Converted, type ConvertOptions, checkOptions } from './to-onnx/convert-options.ts'

/** Options of `convertFile`: of the conversion, of the check, and whether to check. */
export interface ConvertFileOptions
  extends ConvertOptions,
    Partial<Pick<CheckOptions, 'tolerance' | 'sizes'>> {
  /** Whether to run the file in other runtimes before it is written, and compare it with TF.js. */
  check?: boolean
  /** With `check`: files with real inputs, see `readSamples`. */
  samples?: readonly string[]
}

/** A written file and, if it was checked, its differences from TF.js. */
export interface ConvertedFile extends Converted {
  differences: readonly Difference[]
}

/**
 * Converts a model into a file. The file is written completely or not at all.
 *
 * @param source the model; a string is a path or a URL of model.json or its folder
 * @throws ConversionError when the model cannot be converted or the file cannot be written
 * @throws ParityError when it was checked and differs too much from TF.js
 */
export async function convertFile(
  source: ModelSource | string,
  path: string,
  options: ConvertFileOptions = {},
): Promise<ConvertedFile> {
  const { precision } = checkOptions(options)
  const files = await readModelFiles(
    typeof source === 'string' || source instanceof URL ? locate(source) : source,
  )
  const converted = convertModelFiles(files, options)
  const differences = options.check
    ? await checkModel(files, converted, {
        tolerance: options.tolerance ?? TOLERANCE[precision],
        allowRounding: options.tolerance === undefined,
        sizes: options.sizes,
        samples: await readSamples(options.samples ?? [], converted),
        runtimes: RUNTIMES,
      })
    : []
  await writeWhole(path, converted.parts)
  return Object.assign(converted, { differences })
}

/** Writes a file beside the path and renames it; writes directly to what is no regular file, such as /dev/stdout. */
async function writeWhole(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const target = await realpath(path).catch(() => path)
  const partial = `${target}.${process.pid}.partial`
  const stop = removeOnSignal(partial)
  try {
    const existing = await stat(target).catch(() => undefined)
    if (existing && !existing.isFile() && !existing.isDirectory()) {
      await writeFile(target, parts)
      return
    }
    await writeFile(partial, parts)
    await rename(partial, target)
  } catch (error) {
    await rm(partial, { force: true })
    fail(`${path}: cannot be written (${(error as NodeJS.ErrnoException).code})`)
  } finally {
    stop()
  }
}

/**
 * Removes an incomplete file when a signal ends the process.
 *
 * @returns a function that removes the signal handler
 */
function removeOnSignal(file: string): () => void {
  const handlers = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map(signal => {
    const handler = () => {
      rmSync(file, { force: true })
      stop()
      process.kill(process.pid, signal)
    }
    process.once(signal, handler)
    return [signal, handler] as const
  })
  const stop = () => {
    for (const [signal, handler] of handlers) process.off(signal, handler)
  }
  return stop
}

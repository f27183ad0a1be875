import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import * as ort from 'onnxruntime-web/wasm'
import { checkModel } from '../../export/convert/check/check-model.ts'
import type { Numbers } from '../../export/convert/check/numbers.ts'
import type { Difference } from '../../export/convert/check/parity.ts'
import { PORTABLE_RUNTIMES } from '../../export/convert/check/runtimes.ts'
import { decodeSamples } from '../../export/convert/check/samples.ts'
import type { ModelFiles } from '../../export/convert/files/artifacts.ts'
import type { Converted } from '../../export/convert/to-onnx/convert-options.ts'
import type { Command } from './messages.ts'

/* The check needs TF.js and ONNX Runtime, so this module is fetched only when a visitor asks for the check. */

/** Compares a converted model with TF.js's cpu backend in this browser; see `checkModel`. */
export async function checkInBrowser(
  files: ModelFiles,
  converted: Converted,
  { tolerance, allowRounding, sizes, samples }: Extract<Command, { type: 'check' }>,
): Promise<Difference[]> {
  ort.env.wasm.wasmPaths = { wasm: new URL(wasm, import.meta.url).href }
  const given = new Map<string, Numbers>()
  if (samples.length > 0) {
    const named = samples.map(async file => ({
      name: file.name,
      bytes: new Uint8Array(await file.arrayBuffer()),
    }))
    const [input] = converted.inputs
    given.set(input.name, decodeSamples(await Promise.all(named), input))
  }
  return checkModel(files, converted, {
    tolerance,
    allowRounding,
    sizes,
    samples: given,
    runtimes: PORTABLE_RUNTIMES,
  })
}

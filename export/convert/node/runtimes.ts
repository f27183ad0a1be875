import { installed, openSession, PORTABLE_RUNTIMES, type Runtimes } from '../check/runtimes.ts'
import type { Converted } from '../to-onnx/convert-options.ts'

/** ORT's native build. */
export const NATIVE_RUNTIME = {
  'onnxruntime-node': async (converted: Converted) =>
    openSession(await installed('onnxruntime-node', () => import('onnxruntime-node')), converted),
} satisfies Runtimes

/** All runtimes of ONNX files in Node. */
export const RUNTIMES = { ...NATIVE_RUNTIME, ...PORTABLE_RUNTIMES } satisfies Runtimes

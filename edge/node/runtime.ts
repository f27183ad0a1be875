import * as ort from 'onnxruntime-node'
import type { Runtime } from '../platform.ts'
import { openSession } from '../session.ts'

/** ONNX Runtime's native build; weights within `sessionBytes`. */
export function nativeRuntime(sessionBytes: number): Runtime {
  return { name: 'node', sessionBytes, load: bytes => openSession(ort, bytes) }
}

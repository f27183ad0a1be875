import * as ort from 'onnxruntime-node'
import type { Runtime } from '../platform.ts'
import { batching } from './batching.ts'
import { openSession } from './ort-session.ts'

/** ONNX Runtime's native build; weights within `sessionBytes`. */
export function nativeRuntime(sessionBytes: number): Runtime {
  return { sessionBytes, load: async bytes => batching(await openSession(ort, bytes)) }
}

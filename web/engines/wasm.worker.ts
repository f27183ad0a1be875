import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import * as ort from 'onnxruntime-web/wasm'
import { serveJobs } from './worker-jobs.ts'

serveJobs(ort, wasm, 'wasm')

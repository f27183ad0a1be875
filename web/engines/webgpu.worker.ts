import * as ort from 'onnxruntime-web/jspi'
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url'
import { serveJobs } from './worker-jobs.ts'

serveJobs(ort, wasm, 'webgpu')

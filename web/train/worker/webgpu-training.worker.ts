import * as ort from 'onnxruntime-web/jspi'
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url'
import { serveTraining } from './serve-training.ts'

serveTraining(ort, wasm, 'webgpu')

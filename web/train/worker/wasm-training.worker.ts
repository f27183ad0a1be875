import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import * as ort from 'onnxruntime-web/wasm'
import { serveTraining } from './serve-training.ts'

serveTraining(ort, wasm, 'wasm')

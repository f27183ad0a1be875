/// <reference lib="webworker" />
import type { InferenceSession, Tensor } from 'onnxruntime-web'
import { splitRows } from '../../models/rows.ts'
import type { Job, Reply } from './worker-messages.ts'

/** The interface that the builds of ONNX Runtime Web share. */
interface Ort {
  env: { wasm: { wasmPaths?: unknown; numThreads?: number }; webgpu?: { device?: unknown } }
  InferenceSession: {
    create(bytes: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>
  }
  Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => Tensor
}

/** Runs, in a worker, the jobs that the page sends, one after another, in one build of ONNX Runtime Web. */
export function serveJobs(ort: Ort, wasm: string, provider: 'wasm' | 'webgpu'): void {
  ort.env.wasm.wasmPaths = { wasm: new URL(wasm, import.meta.url).href }
  ort.env.wasm.numThreads = 1
  const sessions = new Map<string, Promise<InferenceSession>>()
  let turn: Promise<unknown> = Promise.resolve()
  const send = (reply: Reply) => self.postMessage(reply)

  function open(job: Job): Promise<InferenceSession> {
    let session = sessions.get(job.key)
    if (!session) {
      if (!job.bytes) throw new Error(`${job.key}: expected its file with the first job`)
      session = ort.InferenceSession.create(job.bytes, {
        executionProviders: [provider],
        logSeverityLevel: 3,
      })
      sessions.set(job.key, session)
      if (provider === 'webgpu') session.then(() => watchDevice(ort, send)).catch(() => {})
    }
    return session
  }

  async function run(job: Job): Promise<void> {
    try {
      const session = await open(job)
      const parts = splitRows(job.input, job.widths)
      const feeds = parts.map((part, i) => {
        const tensor = new ort.Tensor('float32', part, [job.batch, job.widths[i]])
        return [session.inputNames[i], tensor] as const
      })
      const results = await session.run(Object.fromEntries(feeds))
      const outputs: Record<string, Float32Array> = {}
      for (const name of session.outputNames) outputs[name] = (await results[name].getData()) as Float32Array
      send({ id: job.id, outputs })
    } catch (error) {
      send({ id: job.id, error: error instanceof Error ? error.message : String(error) })
    }
  }

  self.addEventListener('message', ({ data }: MessageEvent<Job>) => {
    turn = turn.then(() => run(data))
  })
}

async function watchDevice(ort: Ort, send: (reply: Reply) => void): Promise<void> {
  const device = (await ort.env.webgpu?.device) as { lost?: Promise<{ message: string }> } | undefined
  const lost = await device?.lost
  if (lost) send({ lost: lost.message })
}

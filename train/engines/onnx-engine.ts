import * as ort from 'onnxruntime-node'
import type { Configuration } from '../step/configuration.ts'
import type { Engine, State } from '../step/engine.ts'
import type { Task } from '../step/objective.ts'
import { type OnnxRuntime, openScanEngine, openStepwiseEngine } from '../step/onnx-engine.ts'
import { explainProvider, requireProvider } from './onnx-provider.ts'

/**
 * Opens an engine that runs training steps as an ONNX graph in onnxruntime-node. With WebGPU the state stays on the
 * device between steps, while onnxruntime-node copies CUDA's results to main memory each time.
 *
 * @param state the tensors of `stateShapes`, by name
 * @param options.threads CPU threads for each operator; default 1, which also fixes the order of every sum
 * @throws UnavailableError when the device cannot be used here
 */
export async function openOnnxEngine(
  task: Task,
  state: State,
  { device = 'cpu', threads = 1 }: Partial<Pick<Configuration, 'device' | 'threads'>> = {},
): Promise<Engine> {
  const session: ort.InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Adam's sums of a weight without a gradient decay into denormals, which a CPU adds a hundred times slower.
    extra: { session: { set_denormal_as_zero: '1' } },
  }
  if (device === 'cpu') return openScanEngine(ort as OnnxRuntime, task, state, session)
  requireProvider(device)
  return openStepwiseEngine(ort as OnnxRuntime, task, state, {
    device,
    resident: device === 'webgpu',
    // Log errors only (severity 3): otherwise every session warns that shapes are computed on the CPU.
    session: { ...session, executionProviders: [device], logSeverityLevel: 3 },
  }).catch(error => {
    throw explainProvider(device, error)
  })
}

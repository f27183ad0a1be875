import { createRequire } from 'node:module'
import * as tf from '@tensorflow/tfjs'

const require = createRequire(import.meta.url)

/** The packages that carry TensorFlow's own library, which TF.js computes with where one is installed. */
export const TENSORFLOW = { cuda: '@tensorflow/tfjs-node-gpu', cpu: '@tensorflow/tfjs-node' } as const
export type TensorFlowDevice = keyof typeof TENSORFLOW

/** What plain JavaScript costs, said before a run. */
export const PLAIN_WARNING =
  'TF.js computes in plain JavaScript here, hundreds of times slower than the onnx engine ' +
  `(about 50 images/s for 784-393-2); npm install ${TENSORFLOW.cpu}@4.22.0, or use --engine onnx`

/**
 * Makes TF.js compute on a device: `cuda` with tfjs-node-gpu; `cpu` with tfjs-node where it is installed, else in
 * plain JavaScript.
 *
 * @returns what it computes with: cuda, tensorflow (its library on the CPU) or cpu (plain JavaScript)
 * @throws Error saying what is missing and what to do when the device cannot be used
 */
export async function startBackend(device: TensorFlowDevice): Promise<'cuda' | 'tensorflow' | 'cpu'> {
  const name = TENSORFLOW[device]
  if (!isInstalled(name)) {
    if (device === 'cuda') throw new Error(`device cuda: expected ${name}, found none; ${cure(name)}`)
    await tf.setBackend('cpu')
    return 'cpu'
  }
  try {
    load(name)
  } catch (error) {
    throw new Error(`${name} does not load: ${firstLine(error)}; ${cure(name)}`, { cause: error })
  }
  await tf.setBackend('tensorflow')
  if (device === 'cpu') return 'tensorflow'
  const { isUsingGpuDevice } = tf.backend() as { isUsingGpuDevice?: boolean }
  if (isUsingGpuDevice) return 'cuda'
  throw new Error(
    `device cuda: TensorFlow found no GPU; check that nvidia-smi does, and that CUDA 11 and cuDNN 8 are on ` +
      'LD_LIBRARY_PATH, or use --device cpu',
  )
}

/** Whether an optional package is there; says nothing of whether it loads. */
export function isInstalled(name: string): boolean {
  try {
    require.resolve(`${name}/package.json`)
    return true
  } catch {
    return false
  }
}

/** Loads TensorFlow's binding, which registers itself with the one tfjs-core that all of TF.js shares. */
function load(name: string): void {
  const util: Record<string, unknown> = require('node:util')
  // Gone since Node 23, and tfjs-node 4.22 calls it.
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined
  require(name)
}

function cure(name: string): string {
  const how = `npm install --no-save ${name}@4.22.0`
  return `run ${how} (it downloads TensorFlow's library), or use --engine onnx`
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error)
    .split('\n')[0]
    .trim()
}

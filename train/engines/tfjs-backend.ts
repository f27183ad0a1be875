import { createRequire } from 'node:module'
import * as tf from '@tensorflow/tfjs'
import { UnavailableError } from './unavailable.ts'

const require = createRequire(import.meta.url)

/** Packages with TensorFlow's native library, which TF.js uses if one is installed. */
const PACKAGES = { cuda: '@tensorflow/tfjs-node-gpu', cpu: '@tensorflow/tfjs-node' } as const

/** A device of the tfjs engine. */
export type TfjsDevice = keyof typeof PACKAGES

/**
 * Warning about the speed of plain JavaScript, with advice. Measured with the 784-393-2 VAE at batch 100 on one thread.
 */
export const PLAIN_COST = {
  why: 'in plain JavaScript, some 70 times slower than the onnx engine',
  advice: "use --engine onnx, or add TensorFlow's library",
  command: installation('cpu'),
}

/**
 * Selects the TF.js backend for a device: for `cuda` tfjs-node-gpu; for `cpu` tfjs-node if installed, otherwise plain
 * JavaScript.
 *
 * @returns the backend: cuda, tensorflow (native library on the CPU) or cpu (plain JavaScript)
 * @throws UnavailableError when the device cannot be used
 */
export async function startBackend(device: TfjsDevice): Promise<'cuda' | 'tensorflow' | 'cpu'> {
  const what = `engine tfjs on ${device}`
  if (!hasTensorFlow(device)) {
    if (device === 'cuda') {
      throw new UnavailableError(what, {
        why: `expected the package ${PACKAGES.cuda}, found none`,
        advice: 'with an NVIDIA GPU, CUDA 11 and cuDNN 8, run',
        command: installation('cuda'),
      })
    }
    await tf.setBackend('cpu')
    return 'cpu'
  }
  try {
    load(PACKAGES[device])
  } catch (cause) {
    throw new UnavailableError(what, {
      why: `${PACKAGES[device]} does not load (${firstLine(cause)})`,
      advice: "fetch TensorFlow's library again",
      command: `npm rebuild ${PACKAGES[device]}`,
      cause,
    })
  }
  await tf.setBackend('tensorflow')
  if (device === 'cpu') return 'tensorflow'
  const { isUsingGpuDevice } = tf.backend() as { isUsingGpuDevice?: boolean }
  if (isUsingGpuDevice) return 'cuda'
  throw new UnavailableError(what, {
    why: 'TensorFlow found no GPU it can use',
    advice: 'check that nvidia-smi finds one and that CUDA 11 and cuDNN 8 are on LD_LIBRARY_PATH',
  })
}

/** Whether the package with TensorFlow's library for a device is installed. It may still fail to load. */
export function hasTensorFlow(device: TfjsDevice): boolean {
  try {
    require.resolve(`${PACKAGES[device]}/package.json`)
    return true
  } catch {
    return false
  }
}

/** npm installs an optional peer dependency only with -P. */
function installation(device: TfjsDevice): string {
  return `npm install --no-save -P ${PACKAGES[device]}@4.22.0`
}

/** Loads TensorFlow's native binding, which registers itself with the shared tfjs-core. */
function load(name: string): void {
  const util: Record<string, unknown> = require('node:util')
  // Node 23 removed this function, which tfjs-node 4.22 calls.
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined
  require(name)
}

function firstLine(cause: unknown): string {
  return String(cause instanceof Error ? cause.message : cause)
    .split('\n')[0]
    .trim()
}

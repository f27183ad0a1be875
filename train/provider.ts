import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

/**
 * Says why onnxruntime-node could not compute on a device, and what to do about it.
 *
 * @param cause what creating the session threw
 */
export function explainProvider(device: 'webgpu' | 'cuda', cause: unknown): Error {
  const said = cause instanceof Error ? cause.message.trim() : String(cause)
  const [why, cure] = device === 'cuda' ? explainCuda(said) : explainWebGpu(said)
  return new Error(`device ${device}: ${why}; ${cure}, or use --device cpu`, { cause })
}

function explainCuda(said: string): [string, string] {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return [`expected linux-x64, got ${process.platform}-${process.arch}`, 'use --device webgpu']
  }
  if (!existsSync(join(libraries(), 'libonnxruntime_providers_cuda.so'))) {
    return [
      'expected libonnxruntime_providers_cuda.so beside onnxruntime-node, found none (its npm package leaves it out)',
      'run: node node_modules/onnxruntime-node/script/install --onnxruntime-node-install=cuda12',
    ]
  }
  return [
    `onnxruntime-node cannot start its CUDA provider (${said})`,
    'check that nvidia-smi finds a GPU and that CUDA 12 and cuDNN 9 are on LD_LIBRARY_PATH',
  ]
}

function explainWebGpu(said: string): [string, string] {
  if (!/adapter/i.test(said))
    return [`onnxruntime-node cannot start its WebGPU provider (${said})`, 'update it']
  return [
    'expected a graphics adapter, found none',
    process.platform === 'linux'
      ? "install the Vulkan loader (Debian: libvulkan1) and the GPU's Vulkan driver"
      : "install the GPU's current driver",
  ]
}

/** The folder of onnxruntime-node's native libraries. */
function libraries(): string {
  const root = dirname(require.resolve('onnxruntime-node/package.json'))
  return join(root, 'bin', 'napi-v6', process.platform, process.arch)
}

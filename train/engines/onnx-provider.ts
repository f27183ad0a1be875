import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { UnavailableError } from './unavailable.ts'

const require = createRequire(import.meta.url)

/**
 * Checks that the libraries of a device are installed, to give a shorter message than onnxruntime-node's.
 *
 * @throws UnavailableError when one is missing
 */
export function requireProvider(device: 'webgpu' | 'cuda'): void {
  const missing = device === 'cuda' ? missingCuda() : null
  if (missing) throw new UnavailableError(`engine onnx on ${device}`, missing)
}

/**
 * Explains why onnxruntime-node cannot compute on a device, with advice.
 *
 * @param cause the error from creating the session
 */
export function explainProvider(device: 'webgpu' | 'cuda', cause: unknown): UnavailableError {
  const said = cause instanceof Error ? cause.message.trim() : String(cause)
  const reason = device === 'cuda' ? explainCuda(said) : explainWebGpu(said)
  return new UnavailableError(`engine onnx on ${device}`, { ...reason, cause })
}

interface Reason {
  why: string
  advice: string
  command?: string
}

function missingCuda(): Reason | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return {
      why: `expected linux-x64, got ${process.platform}-${process.arch}`,
      advice: 'use --device webgpu, or the tfjs engine',
    }
  }
  if (existsSync(join(libraries(), 'libonnxruntime_providers_cuda.so'))) return null
  return {
    why: 'expected libonnxruntime_providers_cuda.so in onnxruntime-node, found none (npm does not carry it)',
    advice: 'with an NVIDIA GPU, CUDA 12 and cuDNN 9, run',
    command: 'ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install',
  }
}

function explainCuda(said: string): Reason {
  return {
    why: `onnxruntime-node cannot start its CUDA provider (${said})`,
    advice: 'check that nvidia-smi finds a GPU and that CUDA 12 and cuDNN 9 are on LD_LIBRARY_PATH',
  }
}

function explainWebGpu(said: string): Reason {
  if (!/adapter/i.test(said)) {
    return { why: `onnxruntime-node cannot start WebGPU (${said})`, advice: 'use --device cpu' }
  }
  if (process.platform !== 'linux') {
    return { why: 'expected a graphics adapter, found none', advice: "install the GPU's current driver" }
  }
  return {
    why: 'expected a graphics adapter with Vulkan, found none',
    advice:
      "with a GPU, install its driver and Vulkan's loader (Debian: libvulkan1); NVIDIA's driver also needs GLVND (Debian: libglx0 and libegl1)",
  }
}

/** The folder of onnxruntime-node's native libraries. */
function libraries(): string {
  const root = dirname(require.resolve('onnxruntime-node/package.json'))
  return join(root, 'bin', 'napi-v6', process.platform, process.arch)
}

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** Libraries that an engine computes with. The last two are optional. */
const LIBRARIES = [
  'onnxruntime-node',
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs-node-gpu',
] as const

/** Versions of the software that a run's numbers depend on, by name. */
export function versions(): Record<string, string> {
  const version = (path: string) => (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
  const libraries = LIBRARIES.flatMap(name => {
    const path = find(`${name}/package.json`)
    return path ? [[name, version(path)] as const] : []
  })
  return {
    'latent-edge': version(new URL('../../package.json', import.meta.url).pathname),
    node: process.version,
    ...Object.fromEntries(libraries),
    platform: `${process.platform}-${process.arch}`,
  }
}

function find(path: string): string | undefined {
  try {
    return require.resolve(path)
  } catch {
    return undefined
  }
}

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** Versions of what a run's numbers depend on, by name. */
export function versions(): Record<string, string> {
  const version = (path: string) => (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
  return {
    'latent-edge': version(new URL('../package.json', import.meta.url).pathname),
    node: process.version,
    'onnxruntime-node': version(require.resolve('onnxruntime-node/package.json')),
    platform: `${process.platform}-${process.arch}`,
  }
}

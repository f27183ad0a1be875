import { chmod, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { bundle, bundleTypes, ROOT } from './bundle.ts'
import type { PackageDefinition } from './package-definition.ts'

const ENTRY = 'export/packages/tfjs-to-onnx/index.ts'
const BROWSER_ENTRY = 'export/packages/tfjs-to-onnx/browser.ts'
const COMMAND = 'export/convert/cli.ts'
const PEERS = ['@tensorflow/tfjs', 'onnxruntime-node', 'onnxruntime-web']

/** The npm package with the converter, as functions and as the command tfjs2onnx. */
export const tfjsToOnnx: PackageDefinition = {
  name: 'tfjs-to-onnx',
  description:
    'Converts TensorFlow.js models into ONNX files that compute the same; in Node and in browsers.',
  keywords: ['tensorflow.js', 'tfjs', 'onnx', 'converter', 'keras'],
  folder: 'tfjs-to-onnx',
  manifest: {
    bin: { tfjs2onnx: 'dist/tfjs2onnx.js' },
    exports: {
      '.': {
        types: './dist/index.d.ts',
        browser: './dist/browser.js',
        default: './dist/index.js',
      },
    },
    types: './dist/index.d.ts',
    sideEffects: false,
    peerDependencies: await peerVersions(),
    peerDependenciesMeta: Object.fromEntries(PEERS.map(name => [name, { optional: true }])),
  },
  budgets: { 'dist/browser.js': 90_000 },
  async build(out) {
    const dist = path.join(out, 'dist')
    await bundle({
      entries: { index: ENTRY, tfjs2onnx: COMMAND },
      out: dist,
      external: PEERS,
    })
    await bundle({
      entries: { browser: BROWSER_ENTRY },
      out: dist,
      minify: true,
    })
    await bundleTypes({ 'index.d': ENTRY }, 'export', dist)
    const command = path.join(dist, 'tfjs2onnx.js')
    // The help names the command as the package's users call it.
    const code = (await readFile(command, 'utf8'))
      .replaceAll('npm run tfjs2onnx -- ', 'npx tfjs2onnx ')
      .replaceAll('see export/README.md', 'see README.md')
    await writeFile(command, `#!/usr/bin/env node\n${code}`)
    await chmod(command, 0o755)
  },
}

/** The versions that this repository is tested with, and later ones of the same major version. */
async function peerVersions(): Promise<Record<string, string>> {
  const { dependencies } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'))
  return Object.fromEntries(PEERS.map(name => [name, `^${dependencies[name]}`]))
}

/**
 * Converts the graph-models of the npm package @vladmandic/human and compares them with tf.loadGraphModel, on random
 * and on image-like inputs: differences, sizes, times, and the speed of onnxruntime-node beside TF.js's wasm backend.
 *
 * Fetches that package and @tensorflow/tfjs-backend-wasm with npm into a temporary folder. Run in the repository:
 *
 *     npx node test/outside/graph-models.ts [NAME …]
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as tfjs from '@tensorflow/tfjs'
import type { Numbers } from '../../export/convert/check/numbers.ts'
import { compare } from '../../export/convert/check/parity.ts'
import { readModelFiles } from '../../export/convert/files/artifacts.ts'
import { readGraphModel } from '../../export/convert/graph-model/topology/read-graph-model.ts'
import { locate } from '../../export/convert/node/disk-location.ts'
import { RUNTIMES } from '../../export/convert/node/runtimes.ts'
import { convertModelFiles } from '../../export/convert/to-onnx/convert-model.ts'
import { concatBytes } from '../../models/files/bytes.ts'
import { createRng, normals } from '../../models/random.ts'

const FOLDER = join(tmpdir(), 'latent-edge-graph-models')
const PACKAGES = [
  '@vladmandic/human@3.3.6',
  '@tensorflow/tfjs@4.22.0',
  '@tensorflow/tfjs-backend-wasm@4.22.0',
]
const TIMED_RUNS = 10

mkdirSync(FOLDER, { recursive: true })
if (!existsSync(join(FOLDER, 'node_modules', '@vladmandic'))) {
  execFileSync(
    'npm',
    ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', FOLDER, ...PACKAGES],
    {
      stdio: 'inherit',
    },
  )
}
const require = createRequire(join(FOLDER, 'package.json'))
const tf: typeof tfjs = require('@tensorflow/tfjs')
require('@tensorflow/tfjs-backend-wasm').setWasmPaths(
  join(FOLDER, 'node_modules/@tensorflow/tfjs-backend-wasm/wasm-out/'),
)
console.warn = () => {}

/** Numbers of one kind: noise, or what an image has: smooth values from 0 to 1, or 0 to 255 where integers are wanted. */
function draw(kind: 'random' | 'image', dims: readonly number[], whole: boolean, seed: number): Numbers {
  const uniform = createRng(seed, kind)
  const length = dims.reduce((a, b) => a * b, 1)
  const [width, channels] = [dims[2] ?? 1, dims[3] ?? 1]
  const smooth = (i: number) => {
    const [x, y, c] = [Math.floor(i / channels) % width, Math.floor(i / channels / width), i % channels]
    return 0.5 + 0.5 * Math.sin(x / 17 + c) * Math.cos(y / 23)
  }
  if (whole) {
    return {
      dims,
      data: Int32Array.from({ length }, (_, i) => 255 * (kind === 'image' ? smooth(i) : uniform())),
    }
  }
  if (kind === 'random') return { dims, data: normals(uniform, new Float32Array(length)) }
  return { dims, data: Float32Array.from({ length }, (_, i) => smooth(i)) }
}

async function time(run: () => Promise<unknown>): Promise<number> {
  const taken: number[] = []
  for (let i = 0; i < TIMED_RUNS; i++) {
    const start = performance.now()
    await run()
    taken.push(performance.now() - start)
  }
  return taken.sort((a, b) => a - b)[Math.floor(TIMED_RUNS / 2)]
}

const models = join(FOLDER, 'node_modules/@vladmandic/human/models')
const wanted = process.argv.slice(2)
const names = readdirSync(models)
  .filter(file => file.endsWith('.json') && file !== 'models.json')
  .map(file => file.replace('.json', ''))
  .filter(name => wanted.length === 0 || wanted.includes(name))

console.log(
  '| model | nodes | file | converted in | largest difference, random | image-like | onnxruntime-node | TF.js wasm |',
)
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |')
for (const name of names) {
  const files = await readModelFiles(locate(join(models, `${name}.json`)))
  const start = performance.now()
  const converted = convertModelFiles(files)
  const took = performance.now() - start
  const { inputs, outputs, main } = readGraphModel(files)
  const loaded = await RUNTIMES['onnxruntime-node'](converted)
  const artifacts = { ...files, weightData: concatBytes(files.weightData).buffer }
  const load = async (backend: string) => {
    await tf.setBackend(backend)
    return tf.loadGraphModel(tf.io.fromMemory(artifacts as unknown as tfjs.io.ModelArtifacts))
  }
  const predict = async (model: tfjs.GraphModel, numbers: readonly Numbers[]) => {
    const tensors = numbers.map(({ dims, data }, i) =>
      tf.tensor(data, [...dims], inputs[i].dtype as 'float32'),
    )
    const feeds = Object.fromEntries(tensors.map((tensor, i) => [inputs[i].node, tensor]))
    const results = [
      await model.executeAsync(
        feeds,
        outputs.map(({ source }) => source.node),
      ),
    ].flat()
    const read = await Promise.all(
      results.map(async r => ({ dims: r.shape, data: await r.data() }) as Numbers),
    )
    tf.dispose([tensors, results])
    return read
  }
  const shapes = converted.inputs.map(({ dims }) => dims.map(dim => (typeof dim === 'number' ? dim : 1)))
  const drawn = (kind: 'random' | 'image') =>
    shapes.map((dims, i) => draw(kind, dims, converted.inputs[i].type === 'int32', i))
  const reference = await load('cpu')
  const differences: string[] = []
  for (const kind of ['random', 'image'] as const) {
    const { maxRel } = compare(
      await loaded.run(drawn(kind)),
      await predict(reference, drawn(kind)),
      converted.bounded,
    )
    differences.push(maxRel.toExponential(1))
  }
  reference.dispose()
  const native = await time(() => loaded.run(drawn('image')))
  const wasm = await load('wasm')
  const inWasm = await predict(wasm, drawn('image')).then(
    async () => `${(await time(() => predict(wasm, drawn('image')))).toFixed(1)} ms`,
    (error: Error) => `fails: ${error.message.split('\n')[0].slice(0, 60)}`,
  )
  await loaded.close()
  const size = `${(converted.bytes.length / 1e6).toFixed(2)} MB`
  console.log(
    `| ${[name, main.nodes.size, size, `${took.toFixed(0)} ms`, ...differences, `${native.toFixed(1)} ms`, inWasm].join(' | ')} |`,
  )
}

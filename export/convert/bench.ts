import { cpus } from 'node:os'
import { basename, join } from 'node:path'
import { Command } from 'commander'
import { createRng, normals } from '../../models/random.ts'
import type { Numbers } from './check/numbers.ts'
import type { ModelSource } from './files/artifacts.ts'
import { PRECISIONS } from './graph/precision.ts'
import { locate } from './node/disk-location.ts'
import { measureParity } from './node/measure-parity.ts'
import { RUNTIMES } from './node/runtimes.ts'
import { replaceSection } from './testing/documentation.ts'
import { saved } from './testing/models.ts'
import { vaeDecoder, vaeEncoder } from './testing/networks.ts'
import { convertModel } from './to-onnx/convert-model.ts'
import type { Converted } from './to-onnx/convert-options.ts'

const RUNTIME_NAMES = ['onnxruntime-node', 'onnxruntime-web'] as const
type RuntimeName = (typeof RUNTIME_NAMES)[number]
const BATCHES = [1, 100]
const SECONDS = 5
/** Runs before the first that is timed. */
const WARM_UP_RUNS = 5

interface ModelPart {
  model: ModelSource
  /** Inputs [100, features]. */
  inputs: Numbers
}

/** Encoder and decoder, with inputs: the decoder's are draws from the prior, the encoder's are their decodings. */
async function modelParts(run: string | undefined): Promise<ModelPart[]> {
  const [encoder, decoder] = run
    ? ['encoder', 'decoder'].map(part => locate(join(run, part)))
    : [await saved(vaeEncoder()), await saved(vaeDecoder())]
  const converted = await convertModel(decoder)
  const latentDim = converted.inputs[0].dims[1] as number
  const z = {
    dims: [100, latentDim],
    data: normals(createRng(7, 'bench'), new Float32Array(100 * latentDim)),
  }
  const loaded = await RUNTIMES['onnxruntime-node'](converted)
  const [images] = await loaded.run([z])
  await loaded.close()
  return [
    { model: encoder, inputs: images },
    { model: decoder, inputs: z },
  ]
}

function first({ inputs: { dims, data } }: ModelPart, batch: number): Numbers {
  return { dims: [batch, dims[1]], data: data.slice(0, batch * dims[1]) }
}

/**
 * Milliseconds of one run of each file: the 10th percentile of its runs. The files take turns, so that other load on the
 * machine affects all alike.
 */
async function times(files: readonly Converted[], runtime: RuntimeName, input: Numbers): Promise<string[]> {
  const loaded = await Promise.all(files.map(file => RUNTIMES[runtime](file)))
  const taken = files.map((): number[] => [])
  const end = performance.now() + 1000 * SECONDS
  for (let turn = 0; turn < 10 + WARM_UP_RUNS || performance.now() < end; turn++) {
    for (const [i, model] of loaded.entries()) {
      const start = performance.now()
      await model.run([input])
      if (turn >= WARM_UP_RUNS) taken[i].push(performance.now() - start)
    }
  }
  for (const model of loaded) await model.close()
  return taken.map(list => list.sort((a, b) => a - b)[Math.floor(list.length / 10)].toFixed(3))
}

/** A column of the table, a cell for each precision: times at every batch size. */
async function column(part: ModelPart, files: readonly Converted[], runtime: RuntimeName): Promise<string[]> {
  const batches: string[][] = []
  for (const batch of BATCHES) batches.push(await times(files, runtime, first(part, batch)))
  return files.map((_, i) => batches.map(list => list[i]).join(' · '))
}

async function difference(part: ModelPart, file: Converted): Promise<string> {
  const differences = await measureParity(part.model, file, [part.inputs])
  return Math.max(...differences.map(({ maxAbs }) => maxAbs)).toExponential(1)
}

async function table(parts: readonly ModelPart[]): Promise<string[]> {
  const byPart: Converted[][] = []
  for (const { model } of parts) {
    byPart.push(await Promise.all(PRECISIONS.map(precision => convertModel(model, { precision }))))
  }
  const columns: string[][] = [[...PRECISIONS]]
  const bytes = PRECISIONS.map((_, i) => byPart.reduce((sum, files) => sum + files[i].bytes.length, 0))
  columns.push(bytes.map(count => `${count.toLocaleString('en')} B`))
  for (const [k, part] of parts.entries()) {
    columns.push(await Promise.all(byPart[k].map(file => difference(part, file))))
  }
  for (const runtime of RUNTIME_NAMES) {
    for (const [k, part] of parts.entries()) columns.push(await column(part, byPart[k], runtime))
  }
  return PRECISIONS.map((_, i) => `| ${columns.map(cells => cells[i]).join(' | ')} |`)
}

const HEAD = ['weights', 'both files', 'difference, encoder', 'decoder'].concat(
  RUNTIME_NAMES.flatMap(name => [`${name}: encoder`, 'decoder']),
)
const program = new Command('npm run bench:export --')
  .description('Measure size, differences and speed of a VAE in each precision.')
  .argument('[run]', 'a run directory (default: a VAE of 620,156 parameters with seeded weights)')
  .option('--write', 'write the table into export/README.md', false)
  .parse()
const [run] = program.args
const { write } = program.opts<{ write: boolean }>()
const machine = `${cpus().length}-core ${cpus()[0].model} VM, Node ${process.versions.node}`
const section = [
  `| ${HEAD.join(' | ')} |`,
  `|${HEAD.map(() => ' --- |').join('')}`,
  ...(await table(await modelParts(run))),
  '',
  `Weights of ${run ? `the run ${basename(run)}` : 'a seeded draw'}. Differences are absolute, the larger of both ` +
    `runtimes, over 100 inputs. Times are milliseconds a run at batch ${BATCHES.join(' · ')}, 10th percentile; ${machine}.`,
].join('\n')
console.log(section)
if (write) replaceSection(join(import.meta.dirname, '../README.md'), 'bench', section, true)

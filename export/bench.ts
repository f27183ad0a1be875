import { cpus } from 'node:os'
import { basename, join } from 'node:path'
import { normals, stream } from '../models/random.ts'
import { type Converted, convertLayersModel } from './convert.ts'
import type { LayersModelSource } from './layersmodel.ts'
import { measureParity, type Numbers, type ParityRuntime, RUNTIMES } from './parity.ts'
import { PRECISIONS, type Precision } from './precision.ts'
import { replaceSection } from './testing/documentation.ts'
import { saved } from './testing/models.ts'
import { vaeDecoder, vaeEncoder } from './testing/networks.ts'

/**
 * Sizes, differences and speed of a VAE in each precision, as the table of README.md: of the 620,156-parameter one
 * with seeded weights, or of the run whose directory is given. `--write` puts it there.
 */
const RUNTIME_NAMES: ParityRuntime[] = ['onnxruntime-node', 'onnxruntime-web']
const BATCHES = [1, 100]
const SECONDS = 1.5

interface Half {
  model: LayersModelSource
  /** Inputs [100, features]. */
  inputs: Numbers
}

/** Encoder and decoder; the decoder's inputs are draws from the prior, the encoder's what the decoder makes of them. */
async function halves(run: string | undefined): Promise<Half[]> {
  const [encoder, decoder] = run
    ? ['encoder', 'decoder'].map(part => join(run, part))
    : [await saved(vaeEncoder()), await saved(vaeDecoder())]
  const converted = await convertLayersModel(decoder)
  const latentDim = converted.inputs[0].dims[1] as number
  const z = { dims: [100, latentDim], data: normals(stream(7, 'bench'), new Float32Array(100 * latentDim)) }
  const loaded = await RUNTIMES['onnxruntime-node'](converted)
  const [images] = await loaded.run([z])
  await loaded.close()
  return [
    { model: encoder, inputs: images },
    { model: decoder, inputs: z },
  ]
}

function first({ inputs: { dims, data } }: Half, batch: number): Numbers {
  return { dims: [batch, dims[1]], data: data.slice(0, batch * dims[1]) }
}

/** Milliseconds of one run, warmed up: the tenth part of the runs is faster, which other load on the machine leaves as it is. */
async function time(converted: Converted, runtime: ParityRuntime, input: Numbers): Promise<number> {
  const loaded = await RUNTIMES[runtime](converted)
  let times: number[] = []
  for (const phase of ['warm', 'measure']) {
    times = []
    const end = performance.now() + 1000 * (phase === 'warm' ? SECONDS / 3 : SECONDS)
    while (performance.now() < end) {
      const start = performance.now()
      await loaded.run([input])
      times.push(performance.now() - start)
    }
  }
  await loaded.close()
  return times.sort((a, b) => a - b)[Math.floor(times.length / 10)]
}

async function row(precision: Precision, parts: readonly Half[]): Promise<string> {
  const files = await Promise.all(parts.map(({ model }) => convertLayersModel(model, { precision })))
  const cells = [
    precision,
    `${files.reduce((sum, { bytes }) => sum + bytes.length, 0).toLocaleString('en')} B`,
  ]
  for (const [i, part] of parts.entries()) {
    const differences = await measureParity(part.model, files[i], [part.inputs], RUNTIME_NAMES)
    cells.push(Math.max(...differences.map(({ maxAbs }) => maxAbs)).toExponential(1))
  }
  for (const runtime of RUNTIME_NAMES) {
    for (const [i, part] of parts.entries()) {
      const times: string[] = []
      for (const batch of BATCHES) times.push((await time(files[i], runtime, first(part, batch))).toFixed(3))
      cells.push(times.join(' · '))
    }
  }
  return `| ${cells.join(' | ')} |`
}

const columns = ['weights', 'both files', 'difference, encoder', 'decoder'].concat(
  RUNTIME_NAMES.flatMap(name => [`${name}: encoder`, 'decoder']),
)
const lines = [`| ${columns.join(' | ')} |`, `|${columns.map(() => ' --- |').join('')}`]
const run = process.argv.slice(2).find(argument => !argument.startsWith('--'))
const parts = await halves(run)
for (const precision of PRECISIONS) lines.push(await row(precision, parts))
const machine = `${cpus().length}-core ${cpus()[0].model} VM, Node ${process.versions.node}`
lines.push(
  '',
  `Weights of ${run ? `the run ${basename(run)}` : 'a seeded draw'}. Differences are absolute, the larger of both runtimes, over 100 inputs. Times are milliseconds a run at batch ${BATCHES.join(' · ')}, 10th percentile; ${machine}.`,
)
const section = lines.join('\n')
console.log(section)
if (process.argv.includes('--write'))
  replaceSection(join(import.meta.dirname, 'README.md'), 'bench', section, true)

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import * as ort from 'onnxruntime-node'
import { dataDirOption } from '../../export/command/options.ts'
import { runProgram } from '../../export/command/run-program.ts'
import { writeAtomic } from '../../export/files/write-atomic.ts'
import type { AllFrames, FrameLosses } from '../../models/paper/all-frames.ts'
import type { Loss } from '../../models/paper/paper-rows.ts'
import { createRng, shuffle } from '../../models/random.ts'
import { chooseFold } from '../data/choose-fold.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { loadRun } from '../fit/run.ts'
import { readSavedWeights } from '../fit/saved-weights.ts'
import { type Evaluation, evaluate } from '../step/evaluation.ts'
import { openForward } from '../step/forward.ts'
import { type Images, joinImages } from '../step/images.ts'
import type { OnnxRuntime } from '../step/onnx-engine.ts'

/** Test sets drawn, and frames in each: the paper's number. */
const DRAWS = 20
const FRAMES = 400

interface Options {
  out: string
  dataDir?: string
}

const program = new Command('node train/paper/all-frames-cli.ts')
  .description(
    "Test the claim about the paper's FreyFace figures: measure models trained by its protocol on test sets drawn from " +
      'all frames, those trained on among them.',
  )
  .argument(
    '<runs>',
    'a folder of runs: npm run replicate -- frey-ae-l2-z2-mse-paper --out <runs>/frey-ae-l2-z2-mse-paper',
  )
  .option('-o, --out <file>', 'the figures', 'models/paper/all-frames.json')
  .addOption(dataDirOption())
  .showHelpAfterError('(--help lists the options)')
  .action(async (runs: string, { out, dataDir }: Options) => {
    const measured: AllFrames[] = []
    for (const name of (await readdir(runs)).sort()) {
      if (!/^frey-.*-paper$/.test(name)) continue
      measured.push(await measureRun(join(runs, name), name, dataDir))
      console.log(JSON.stringify(measured.at(-1)))
    }
    if (measured.length === 0)
      throw new Error(`${runs}: expected folders of runs named frey-…-paper, found none`)
    await writeAtomic(out, `[\n${measured.map(each => JSON.stringify(each)).join(',\n')}\n]\n`)
    console.log(out)
  })

async function measureRun(directory: string, name: string, dataDir: string | undefined): Promise<AllFrames> {
  const run = await loadRun(directory)
  if (run?.status !== 'finished')
    throw new Error(`${directory}: expected a finished run, got ${run?.status ?? 'none'}`)
  const { configuration } = run
  const { architecture, seed } = configuration
  const dataset = await loadDataset(configuration.data.name, { ...configuration.data, dataDir })
  const all: Images = joinImages(dataset.train, dataset.test)
  const { train } = chooseFold(dataset, configuration.data)
  const forward = await openForward(ort as OnnxRuntime, architecture)
  const model = forward.withParameters(await readSavedWeights(directory, architecture))
  const latent = architecture.kind === 'vae' ? 'sampled' : 'mu'
  const measure = (images: Images, indices?: Uint32Array) =>
    evaluate(model, configuration, images, { indices, latent, seed })
  const trained = await measure(dataset.train, train)
  const keptOut = await measure(dataset.test)
  const sets = testSets(all.count)
  const drawn: Evaluation[] = []
  for (const indices of sets) drawn.push(await measure(all, indices))
  await forward.close()
  const known = new Set(train)
  const seen = sets.flatMap(indices => [...indices]).filter(frame => known.has(frame)).length
  const figures = (loss: Loss): FrameLosses => ({
    trained: trained[loss],
    keptOut: keptOut[loss],
    drawn: meanAndStd(drawn.map(each => each[loss])),
  })
  return {
    name,
    weights: run.weights!,
    draws: DRAWS,
    frames: FRAMES,
    seen: seen / FRAMES / DRAWS,
    losses: { bce: figures('bce'), mse: figures('mse'), l1: figures('l1') },
  }
}

/** Test sets drawn from all frames without repetition, the same for every model. */
function testSets(count: number): Uint32Array[] {
  const frames = Uint32Array.from({ length: count }, (_, i) => i)
  return Array.from({ length: DRAWS }, (_, draw) =>
    shuffle(createRng(draw, 'all frames'), frames.slice()).slice(0, FRAMES),
  )
}

function meanAndStd(values: number[]): { mean: number; std: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, std: Math.sqrt(squares / (values.length - 1)) }
}

await runProgram(program)

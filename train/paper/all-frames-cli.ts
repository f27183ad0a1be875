import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import * as ort from 'onnxruntime-node'
import { dataDirOption } from '../../export/command/options.ts'
import { runProgram } from '../../export/command/run-program.ts'
import { writeAtomic } from '../../export/files/write-atomic.ts'
import type { AllFrames } from '../../models/paper/all-frames.ts'
import { createRng, shuffle } from '../../models/random.ts'
import { chooseFold } from '../data/choose-fold.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { loadRun } from '../fit/run.ts'
import { readSavedWeights } from '../fit/saved-weights.ts'
import { evaluate } from '../step/evaluation.ts'
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
  const trained = new Set(chooseFold(dataset, configuration.data).train)
  const forward = await openForward(ort as OnnxRuntime, architecture)
  const model = forward.withParameters(await readSavedWeights(directory, architecture))
  const frames = Uint32Array.from({ length: all.count }, (_, i) => i)
  const latent = architecture.kind === 'vae' ? 'sampled' : 'mu'
  const figures: number[] = []
  let seen = 0
  for (let draw = 0; draw < DRAWS; draw++) {
    const indices = shuffle(createRng(draw, 'all frames'), frames.slice()).slice(0, FRAMES)
    const { mse } = await evaluate(model, configuration, all, { indices, latent, seed })
    figures.push(mse)
    seen += indices.filter(frame => trained.has(frame)).length / FRAMES / DRAWS
  }
  await forward.close()
  const mean = figures.reduce((sum, value) => sum + value, 0) / DRAWS
  const std = Math.sqrt(figures.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (DRAWS - 1))
  return { name, weights: run.weights!, draws: DRAWS, frames: FRAMES, seen, mean, std }
}

await runProgram(program)

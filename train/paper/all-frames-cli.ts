import { mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Command } from 'commander'
import * as ort from 'onnxruntime-node'
import { dataDirOption } from '../../export/command/options.ts'
import { runProgram } from '../../export/command/run-program.ts'
import { readJson } from '../../export/files/read-json.ts'
import { writeAtomic } from '../../export/files/write-atomic.ts'
import { AllFrames, type FrameLosses } from '../../models/paper/all-frames.ts'
import type { Loss } from '../../models/paper/paper-rows.ts'
import { runName } from '../../models/paper/result.ts'
import { spread } from '../../models/paper/spread.ts'
import { createRng, shuffle } from '../../models/random.ts'
import { chooseFold } from '../data/choose-fold.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { loadRun } from '../fit/run.ts'
import { readSavedWeights } from '../fit/saved-weights.ts'
import { type Evaluation, evaluate } from '../step/evaluation.ts'
import { openForward } from '../step/forward.ts'
import { type Images, joinImages } from '../step/images.ts'
import type { OnnxRuntime } from '../step/onnx-engine.ts'
import type { Run } from '../step/run/record.ts'

/** Test sets drawn, and frames in each: the paper's number. */
const DRAWS = 20
const FRAMES = 400

/** The folder of a run by the protocol, as a sweep names it, and the name of its model. */
const RUN_FOLDER = /^(frey-.+-paper)-fold\d+-seed\d+$/

interface Options {
  out: string
  dataDir?: string
}

const program = new Command('npm run all-frames --')
  .description(
    "Test the claim about the paper's FreyFace figures: measure models trained by its protocol on test sets drawn from " +
      'all frames, those trained on among them.',
  )
  .argument('<runs>', 'a folder of runs, such as runs/sweeps/variants')
  .option(
    '-o, --out <file>',
    'the figures; those of other runs that it has are kept',
    'models/paper/all-frames.json',
  )
  .addOption(dataDirOption())
  .addHelpText(
    'after',
    `
Measures the finished runs of FreyFace's models by the protocol that a sweep has left in a folder:
  $ npm run sweep -- variants --only 'frey-*-paper' --results runs/again/results
  $ npm run all-frames -- runs/sweeps/variants --out runs/again/all-frames.json`,
  )
  .showHelpAfterError('(--help lists the options)')
  .action(async (runs: string, { out, dataDir }: Options) => {
    const measured: AllFrames[] = []
    for (const folder of (await readdir(runs)).sort()) {
      const [, name] = RUN_FOLDER.exec(folder) ?? []
      const run = name && (await loadRun(join(runs, folder)))
      if (!run) continue
      if (run.status !== 'finished') {
        console.log(`${folder} left out: expected a finished run, got ${run.status}`)
        continue
      }
      measured.push(await measureRun(join(runs, folder), name, run, dataDir))
      console.log(folder)
    }
    if (measured.length === 0)
      throw new Error(`${runs}: expected finished runs named frey-…-paper-fold…-seed…, found none`)
    const before = (await readJson(out, AllFrames.array(), 'figures of runs on all frames')) ?? []
    const kept = before.filter(one => !measured.some(other => nameOf(other) === nameOf(one)))
    const all = [...kept, ...measured].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    await mkdir(dirname(out), { recursive: true })
    await writeAtomic(out, `[\n${all.map(each => JSON.stringify(each)).join(',\n')}\n]\n`)
    console.log(out)
  })

function nameOf({ name, fold, seed }: AllFrames): string {
  return runName(name, fold, seed)
}

async function measureRun(
  directory: string,
  name: string,
  { configuration, weights }: Run,
  dataDir: string | undefined,
): Promise<AllFrames> {
  const { architecture, seed } = configuration
  const dataset = await loadDataset(configuration.data.name, { ...configuration.data, dataDir })
  const all: Images = joinImages(dataset.train, dataset.test)
  const { train, validation } = chooseFold(dataset, configuration.data)
  const forward = await openForward(ort as OnnxRuntime, architecture)
  const model = forward.withParameters(await readSavedWeights(directory, architecture))
  const latent = architecture.kind === 'vae' ? 'sampled' : 'mu'
  const measure = (images: Images, indices?: Uint32Array) =>
    evaluate(model, configuration, images, { indices, latent, seed })
  const trained = await measure(dataset.train, train)
  const heldOut = await measure(dataset.train, validation)
  const keptOut = await measure(dataset.test)
  const sets = testSets(all.count)
  const drawn: Evaluation[] = []
  for (const indices of sets) drawn.push(await measure(all, indices))
  await forward.close()
  const known = new Set(train)
  const seen = sets.flatMap(indices => [...indices]).filter(frame => known.has(frame)).length
  const figures = (loss: Loss): FrameLosses => ({
    trained: trained[loss],
    heldOut: heldOut[loss],
    keptOut: keptOut[loss],
    drawn: deviating(drawn.map(each => each[loss])),
  })
  return {
    name,
    fold: configuration.data.fold,
    seed,
    weights: weights!,
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

function deviating(values: number[]): FrameLosses['drawn'] {
  const { mean, std } = spread(values)
  return { mean, std: std! }
}

await runProgram(program)

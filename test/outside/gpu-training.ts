/**
 * Trains on a graphics card by WebGPU and on the processor, and prints the losses of both beside each other and their
 * images a second. Needs a GPU with a Vulkan driver and loader (Debian: libvulkan1); on a machine without one it says so.
 *
 *     node test/outside/gpu-training.ts --epochs 10
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Command } from 'commander'
import { integer } from '../../export/command/options.ts'
import { runProgram } from '../../export/command/run-program.ts'
import { chooseRun } from '../../train/fit/choices.ts'
import { defaultChoices } from '../../train/fit/run-options.ts'
import type { Run } from '../../train/step/run/record.ts'
import { nativeLosses } from '../web/native-losses.ts'
import { fitTimed } from '../web/timed-fit.ts'

type Device = 'cpu' | 'webgpu'

interface Trained {
  id: string
  device: Device
  batch: number
  run: Run
  /** Median over the epochs. */
  imagesPerSecond: number
  /** Of the whole run, its evaluation included. */
  seconds: number
}

const IDS = ['mnist-ae-l1-z2', 'mnist-vae-l2-z2', 'mnist-vae-l4-z2']
const BATCHES = [100, 1000]

const program = new Command('node test/outside/gpu-training.ts')
  .description('Training by WebGPU on a graphics card, beside the processor.')
  .option('--epochs <n>', 'epochs of each run', integer({ min: 1 }), 10)
  .option('--recipes <list>', 'recipes whose step losses are compared', list, [
    'epochs:1;n:60000',
    'kind:ae;epochs:1;n:60000',
  ])
  .action(async ({ epochs, recipes }: { epochs: number; recipes: string[] }) => {
    for (const recipe of recipes) await compareSteps(recipe)
    const directory = await mkdtemp(path.join(tmpdir(), 'latent-edge-gpu-'))
    try {
      for (const id of IDS) {
        for (const batch of BATCHES) {
          for (const device of ['cpu', 'webgpu', 'webgpu'] as const) {
            print(await train(id, device, batch, epochs, directory))
          }
        }
      }
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })

function list(text: string): string[] {
  return text.split(',')
}

/** Prints the losses of the same steps on both devices, from the same weights, batches and epsilon. */
async function compareSteps(recipe: string): Promise<void> {
  const cpu = await nativeLosses(recipe)
  const webgpu = await nativeLosses(recipe, 'webgpu')
  const apart = cpu.map((loss, i) => Math.abs(webgpu[i] / loss - 1))
  console.log(
    `\n${recipe}: loss of a step in nats an image; largest relative difference of all ${cpu.length} steps`,
  )
  console.log(Math.max(...apart).toExponential(1))
  for (const step of [1, 2, 10, 100, cpu.length].filter(each => each <= cpu.length)) {
    const difference = apart[step - 1].toExponential(1)
    console.log(
      `step ${step}: cpu ${cpu[step - 1].toFixed(4)}, webgpu ${webgpu[step - 1].toFixed(4)}, ${difference}`,
    )
  }
}

async function train(
  id: string,
  device: Device,
  batch: number,
  epochs: number,
  root: string,
): Promise<Trained> {
  const chosen = await chooseRun(id, { ...defaultChoices(), device, batch, epochs })
  const start = performance.now()
  const fitted = await fitTimed(chosen, await mkdtemp(path.join(root, 'run-')))
  return { id, device, batch, ...fitted, seconds: (performance.now() - start) / 1000 }
}

function print({ id, device, batch, run, imagesPerSecond, seconds }: Trained): void {
  const test = run.evaluations.findLast(({ split }) => split === 'test')
  console.log(
    [
      id.padEnd(16),
      `batch ${batch}`.padEnd(11),
      device.padEnd(7),
      `${Math.round(imagesPerSecond).toLocaleString('en')} images/s`.padStart(17),
      `${seconds.toFixed(1)} s`.padStart(8),
      `test bce a pixel ${test?.bce.toFixed(5)}`,
      `kl ${test?.posterior?.kl.toFixed(3) ?? '–'}`,
      `weights ${run.weights?.slice(0, 12)}`,
    ].join('  '),
  )
}

await runProgram(program)

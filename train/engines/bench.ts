import { cpus } from 'node:os'
import { Command } from 'commander'
import * as ort from 'onnxruntime-node'
import { choice } from '../../export/command/options.ts'
import { type DenseShape, decoderLayers, encoderLayers, parameterCount } from '../../models/architecture.ts'
import { standardPrior } from '../../models/latent/prior.ts'
import { encodeModel, type Node, type Value } from '../../models/onnx/encode-model.ts'
import { createRng, normals } from '../../models/random.ts'
import { loadDataset } from '../data/load-dataset.ts'
import type { Configuration } from '../step/configuration.ts'
import type { Task } from '../step/objective.ts'
import { initialState } from '../step/state.ts'
import { benchSteps } from './bench-steps.ts'
import { openOnnxEngine } from './onnx-engine.ts'

/** One line of the benchmark. */
interface Row {
  layers: number
  threads: number
  batch: number
  parameters: number
  imagesPerSecond: number
  millisecondsPerStep: number
  gflops: number
  /**
   * GFLOP/s of the step divided by those of its matrix products alone, measured in the same process in turn; null on
   * WebGPU, which has no kernel for the Scan that repeats them.
   */
  gemmRatio: number | null
}

/** What is measured. */
interface Case {
  layers: number
  threads: number
  batch: number
  device: 'cpu' | 'webgpu'
}

const INPUT = 784
const LATENT = 2

/** A matrix product of a step: [m, k] by [k, n]. */
interface Product {
  m: number
  k: number
  n: number
  transA?: boolean
  transB?: boolean
}

/** Every matrix product of one step: forward, and backward by weights and (except in the first layer) by inputs. */
function products(layers: DenseShape[], batch: number): Product[] {
  return layers.flatMap(({ name, inputs, units }) => [
    { m: batch, k: inputs, n: units },
    { m: inputs, k: batch, n: units, transA: true },
    ...(inputs === INPUT && name !== 'decoder_1' ? [] : [{ m: batch, k: units, n: inputs, transB: true }]),
  ])
}

function flops(list: Product[]): number {
  return list.reduce((sum, { m, k, n }) => sum + 2 * m * k * n, 0)
}

/** Opens a Scan whose body has only the matrix products; each result is carried over so that none is optimised away. */
async function openProducts(list: Product[], threads: number): Promise<(steps: number) => Promise<void>> {
  const value = (name: string, dims: (number | string)[]): Value => ({ name, type: 'float', dims })
  const operands = list.map(({ m, k, n, transA, transB }, i) => [
    value(`a${i}`, transA ? [k, m] : [m, k]),
    value(`b${i}`, transB ? [n, k] : [k, n]),
  ])
  const nodes = list.map(
    ({ transA, transB }, i): Node => ({
      op: 'Gemm',
      inputs: [`a${i}`, `b${i}`],
      outputs: [`y${i}'`],
      attributes: { transA: { int: transA ? 1 : 0 }, transB: { int: transB ? 1 : 0 } },
    }),
  )
  const body = {
    name: 'products',
    nodes,
    initializers: [],
    inputs: [...list.map(({ m, n }, i) => value(`y${i}`, [m, n])), value('tick', [])],
    outputs: list.map(({ m, n }, i) => value(`y${i}'`, [m, n])),
  }
  const model = encodeModel({
    name: 'gemm',
    initializers: [],
    inputs: [
      ...operands.flat(),
      ...list.map(({ m, n }, i) => value(`from${i}`, [m, n])),
      value('ticks', ['steps']),
    ],
    outputs: list.map(({ m, n }, i) => value(`to${i}`, [m, n])),
    nodes: [
      {
        op: 'Scan',
        inputs: [...list.map((_, i) => `from${i}`), 'ticks'],
        outputs: list.map((_, i) => `to${i}`),
        attributes: { body: { graph: body }, num_scan_inputs: { int: 1 } },
      },
    ],
  })
  const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  })
  const noise = createRng(1)
  const random = ({ dims }: Value) => {
    const shape = dims as number[]
    return new ort.Tensor(
      'float32',
      normals(noise, new Float32Array(shape.reduce((a, b) => a * b, 1))),
      shape,
    )
  }
  const feeds = Object.fromEntries([
    ...operands.flat().map(v => [v.name, random(v)] as const),
    ...list.map(({ m, n }, i) => [`from${i}`, random(value('', [m, n]))] as const),
  ])
  return async steps => {
    await session.run({ ...feeds, ticks: new ort.Tensor('float32', new Float32Array(steps), [steps]) })
  }
}

async function bench({ layers, threads, batch, device }: Case, pixels: Uint8Array): Promise<Row> {
  const task: Task = {
    architecture: { kind: 'vae', inputDim: INPUT, latentDim: LATENT, layers, output: 'sigmoid' },
    objective: { reconstruction: 'bce', beta: 1, samples: 1, kl: 'analytic' },
    prior: standardPrior(LATENT),
  }
  const { architecture } = task
  const list = products([...encoderLayers(architecture), ...decoderLayers(architecture)], batch)
  const engine = await openOnnxEngine(task, initialState({ ...task, seed: 1 } as Configuration), {
    threads,
    device,
  })
  const runProducts = device === 'cpu' ? await openProducts(list, threads) : null
  const work = flops(list)
  // Each run takes about a third of a second at 30 GFLOP/s.
  const count = Math.max(2, Math.min(Math.floor(pixels.length / INPUT / batch), Math.round(1e10 / work)))
  const steps = benchSteps(pixels.subarray(0, count * batch * INPUT), count, batch, LATENT)
  const times: { step: number[]; gemm: number[] } = { step: [], gemm: [] }
  // Step and bare products take turns, so that other load on the machine affects both alike.
  for (let i = 0; i < 7; i++) {
    times.step.push(await seconds(() => engine.run(steps)))
    if (runProducts) times.gemm.push(await seconds(() => runProducts(count)))
  }
  await engine.close()
  const step = median(times.step.slice(1)) / count
  const gemm = median(times.gemm.slice(1)) / count
  return {
    layers,
    threads,
    batch,
    parameters: parameterCount(architecture),
    imagesPerSecond: batch / step,
    millisecondsPerStep: step * 1000,
    gflops: work / step / 1e9,
    gemmRatio: runProducts ? gemm / step : null,
  }
}

async function seconds(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await run()
  return (performance.now() - start) / 1000
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

function list(text: string): number[] {
  return text.split(',').map(Number)
}

const options = new Command('npm run bench:train --')
  .description(
    'Images a second of a training step of the 784-…-2 VAE on MNIST, and the share it reaches of what the same process reaches on the bare matrix products of the step.',
  )
  .option('--layers <list>', 'dense layers each way', list, [1, 2, 4, 8])
  .option('--threads <list>', 'CPU threads', list, [1, 2])
  .option(
    '--batch <list>',
    'images a step, for the first thread count and two layers',
    list,
    [50, 100, 200, 400],
  )
  .addOption(choice('--device <device>', ['cpu', 'webgpu'], 'what computes the step', 'cpu'))
  .option('--json', 'one object a line', false)
  .parse()
  .opts<{ layers: number[]; threads: number[]; batch: number[]; device: 'cpu' | 'webgpu'; json: boolean }>()

const { train } = await loadDataset('mnist')
const cases = [
  ...options.threads.flatMap(threads => options.layers.map(layers => ({ layers, threads, batch: 100 }))),
  ...options.batch.filter(b => b !== 100).map(batch => ({ layers: 2, threads: options.threads[0], batch })),
]
if (!options.json) {
  console.log(`${cpus()[0].model.trim()}, ${cpus().length} cores, Node ${process.version}; medians of 6\n`)
  console.log('layers  parameters  threads  batch   images/s  ms/step  GFLOP/s  of bare Gemm')
}
for (const each of cases) {
  const { layers, threads, batch } = each
  const row = await bench({ ...each, device: options.device }, train.pixels)
  if (options.json) console.log(JSON.stringify(row))
  else {
    console.log(
      String(layers).padEnd(8) +
        row.parameters.toLocaleString('en').padStart(10) +
        String(threads).padStart(9) +
        String(batch).padStart(7) +
        Math.round(row.imagesPerSecond).toLocaleString('en').padStart(11) +
        row.millisecondsPerStep.toFixed(2).padStart(9) +
        row.gflops.toFixed(1).padStart(9) +
        (row.gemmRatio === null ? '–' : `${(100 * row.gemmRatio).toFixed(0)}%`).padStart(14),
    )
  }
}

import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as tf from '@tensorflow/tfjs'
import { afterAll, expect, test } from 'vitest'
import { decodeSafetensors } from '../../models/files/safetensors.ts'
import { createRng, normals } from '../../models/random.ts'
import type { Run } from '../step/run/record.ts'
import { runFiles } from './run.ts'

const root = mkdtempSync(join(tmpdir(), 'fit-'))
afterAll(() => rmSync(root, { recursive: true }))

const SIDE = 12
const DATA = `idx:${writeBlobs(join(root, 'images-idx3-ubyte'), 600)}`
const MODEL = ['--data', DATA, '--layers', '2', '--batch', '32', '--folds', '5', '--beta-warmup', '2']

/** Writes an idx file of grey blobs at random places. */
function writeBlobs(path: string, count: number): string {
  const draw = normals(createRng(5), new Float32Array(count * 2))
  const header = Buffer.alloc(16)
  ;[0x803, count, SIDE, SIDE].forEach((value, i) => {
    header.writeUInt32BE(value, i * 4)
  })
  const pixels = Buffer.alloc(count * SIDE * SIDE)
  for (let i = 0; i < pixels.length; i++) {
    const image = Math.floor(i / SIDE ** 2)
    const dy = Math.floor((i % SIDE ** 2) / SIDE) - SIDE / 2 - 2 * draw[2 * image]
    const dx = (i % SIDE) - SIDE / 2 - 2 * draw[2 * image + 1]
    pixels[i] = Math.round(255 * Math.exp(-(dx * dx + dy * dy) / 6))
  }
  writeFileSync(path, Buffer.concat([header, pixels]))
  return path
}

/**
 * Starts a training process. `ended` resolves with its exit and what it printed; `untilEpoch` resolves once it has
 * printed that epoch's line, and throws what it printed where it ends before that.
 */
function train(out: string, ...args: string[]) {
  const child = spawn(process.execPath, ['train/fit/cli.ts', ...MODEL, '--out', join(root, out), ...args])
  let text = ''
  let isRunning = true
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      text += chunk
    })
  }
  const ended = new Promise<{ code: number | null; text: string }>(resolve => {
    child.on('close', code => {
      isRunning = false
      resolve({ code, text })
    })
  })
  const untilEpoch = async (epoch: number) => {
    const isPrinted = () => [...text.matchAll(/^epoch +(\d+) .*\n/gm)].some(([, n]) => Number(n) >= epoch)
    while (!isPrinted()) {
      if (!isRunning) throw new Error(`${out} ended before epoch ${epoch}:\n${text}`)
      await sleep(20)
    }
  }
  return { child, ended, untilEpoch }
}

function runOf(out: string): Run {
  return JSON.parse(readFileSync(runFiles(join(root, out)).run, 'utf8'))
}

function epochsOf(out: string): object[] {
  const lines = readFileSync(runFiles(join(root, out)).metrics, 'utf8')
    .trim()
    .split('\n')
  return lines.filter(Boolean).map(line => ({ ...JSON.parse(line), seconds: 0 }))
}

test('a run killed twice in mid-epoch and resumed ends with the bits of an uninterrupted run', async () => {
  const settings = ['--epochs', '60', '--keep', 'best']
  const whole = train('whole', ...settings)
  const first = train('killed', ...settings)
  await first.untilEpoch(5)
  first.child.kill('SIGKILL')
  await first.ended
  expect(runOf('killed').status).toBe('running')
  const second = train('killed', ...settings, '--resume')
  await second.untilEpoch(20)
  await sleep(30)
  second.child.kill('SIGKILL')
  await second.ended
  expect((await train('killed', ...settings, '--resume').ended).code).toBe(0)
  expect((await whole.ended).code).toBe(0)

  const [a, b] = [runOf('whole'), runOf('killed')]
  expect(a.weights).toMatch(/^[0-9a-f]{64}$/)
  expect(b).toMatchObject({ weights: a.weights, savedEpoch: a.savedEpoch, status: 'finished', epochs: 60 })
  expect(b.evaluations).toEqual(a.evaluations)
  expect(epochsOf('killed')).toEqual(epochsOf('whole'))
  const state = (out: string) => readFileSync(runFiles(join(root, out)).checkpoint)
  expect(state('killed').equals(state('whole'))).toBe(true)
})

test('an interrupted run can be used and names the command that resumes it', async () => {
  const { child, ended, untilEpoch } = train('interrupted', '--epochs', '5000')
  await untilEpoch(2)
  child.kill('SIGINT')
  const { code, text } = await ended
  expect(code).toBe(130)
  expect(text).toContain('--resume continues from the last whole epoch')
  const run = runOf('interrupted')
  expect(run.status).toBe('interrupted')
  const { metadata } = decodeSafetensors(readFileSync(runFiles(join(root, 'interrupted')).checkpoint))
  expect([metadata.epoch, epochsOf('interrupted').length]).toEqual([`${run.epochs}`, run.epochs])
  for (const part of ['encoder', 'decoder']) {
    const folder = join(root, 'interrupted', part)
    const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'))
    const weightData = new Uint8Array(readFileSync(join(folder, 'weights.bin'))).buffer
    const artifacts = { modelTopology, weightSpecs: weightsManifest[0].weights, weightData }
    const model = await tf.loadLayersModel(tf.io.fromMemory(artifacts))
    const inputs = part === 'encoder' ? SIDE * SIDE : 2
    const outputs = [model.predict(tf.zeros([1, inputs]))].flat() as tf.Tensor[]
    for (const output of outputs) expect((await output.data()).every(Number.isFinite)).toBe(true)
  }
})

test('a full disk ends the run with the last checkpoint intact', async () => {
  const settings = ['--epochs', '100000']
  const { child, ended, untilEpoch } = train('full', ...settings)
  await untilEpoch(3)
  child.kill('SIGKILL')
  await ended
  const { checkpoint, run } = runFiles(join(root, 'full'))
  const before = readFileSync(checkpoint)
  // No file may grow past 64 kB: room for run.json and metrics.jsonl, none for the weights.
  const command = [
    process.execPath,
    'train/fit/cli.ts',
    ...MODEL,
    '--out',
    join(root, 'full'),
    ...settings,
    '--resume',
  ]
  const limited = spawnSync('bash', ['-c', 'ulimit -f 64; exec "$@"', 'bash', ...command], {
    encoding: 'utf8',
  })
  expect(limited.status).toBe(1)
  expect(limited.stderr).toContain(`error: ${checkpoint}`)
  expect(readFileSync(checkpoint).equals(before)).toBe(true)
  expect(JSON.parse(readFileSync(run, 'utf8'))).toMatchObject({ status: 'failed' })
})

test('a loss that is not finite ends the run with the last checkpoint intact', async () => {
  const { code, text } = await train(
    'diverged',
    '--epochs',
    '3',
    '--lr',
    '1e30',
    '--loss',
    'mse',
    '--output',
    'identity',
  ).ended
  expect(code).toBe(1)
  expect(text).toMatch(
    /error: the loss is not a finite number in epoch 1.*checkpoint after epoch 0 is intact/s,
  )
  expect(runOf('diverged')).toMatchObject({ status: 'failed', epochs: 0 })
})

test('impossible settings are refused before anything is written', async () => {
  const refuse = async (pattern: RegExp, ...args: string[]) => {
    const { code, text } = await train('refused', ...args).ended
    expect(code, text).toBe(1)
    expect(text).toMatch(pattern)
    expect(() => runOf('refused')).toThrow(/ENOENT/)
  }
  await refuse(/expected a run to resume, found none/, '--resume')
  await refuse(/data\.fold: expected 0 to 4, got 7/, '--fold', '7')
  await refuse(/output: expected sigmoid, since bce needs probabilities, got relu/, '--output', 'relu')
  await refuse(
    /prior: expected 2 dimensions, as the latent has, got 1/,
    '--prior-mean',
    '1',
    '--prior-variance',
    '1',
  )
  await refuse(/'--epochs <n>' argument 'x' is invalid/, '--epochs', 'x')
})

test('an existing run is neither replaced nor resumed with other settings', async () => {
  expect((await train('there', '--epochs', '1').ended).code).toBe(0)
  const before = runOf('there')
  const again = await train('there', '--epochs', '1').ended
  expect(again).toMatchObject({ code: 1 })
  expect(again.text).toMatch(/there is a run already \(finished, 1 epochs\)/)
  const other = await train('there', '--epochs', '2', '--batch', '16', '--resume').ended
  expect(other.text).toMatch(
    /cannot resume with other settings:\s+optimization\.batch: the run has 32, asked for 16/,
  )
  expect(runOf('there')).toEqual(before)
})

test('a run may be resumed with more epochs, and not with fewer', async () => {
  expect((await train('grown', '--epochs', '2', '--schedule', 'constant').ended).code).toBe(0)
  expect((await train('grown', '--epochs', '4', '--schedule', 'constant', '--resume').ended).code).toBe(0)
  expect((await train('atonce', '--epochs', '4', '--schedule', 'constant').ended).code).toBe(0)
  expect(runOf('grown')).toMatchObject({ status: 'finished', epochs: 4, weights: runOf('atonce').weights })
  const fewer = await train('grown', '--epochs', '3', '--schedule', 'constant', '--resume').ended
  expect(fewer.text).toMatch(/optimization\.epochs: the run has 4, asked for 3/)
})

test('a damaged checkpoint is named and the one before it used, with the bits of an undamaged run', async () => {
  const settings = ['--epochs', '400']
  const killed = train('damaged', ...settings)
  await killed.untilEpoch(40)
  killed.child.kill('SIGKILL')
  await killed.ended
  const { checkpoint, previousCheckpoint } = runFiles(join(root, 'damaged'))
  const bytes = readFileSync(checkpoint)
  bytes[bytes.length >> 1] ^= 1
  writeFileSync(checkpoint, bytes)
  const resumed = train('damaged', '--epochs', '400', '--resume')
  await resumed.untilEpoch(60)
  resumed.child.kill('SIGINT')
  const { text } = await resumed.ended
  expect(text).toContain(
    `warning: ${checkpoint}: damaged: its checksum is not that of its content; continuing`,
  )
  const whole = train('undamaged', ...settings)
  await whole.untilEpoch(60)
  whole.child.kill('SIGINT')
  await whole.ended
  expect(epochsOf('damaged').slice(0, 60)).toEqual(epochsOf('undamaged').slice(0, 60))
  for (const path of [checkpoint, previousCheckpoint]) writeFileSync(path, 'damaged')
  const hopeless = await train('damaged', ...settings, '--resume').ended
  expect(hopeless).toMatchObject({ code: 1, text: expect.stringContaining(`error: ${checkpoint}: damaged`) })
})

test('a second process in one run directory is refused; epoch lines fit 80 columns', async () => {
  const first = train('shared', '--epochs', '5000')
  await first.untilEpoch(1)
  const second = await train('shared', '--epochs', '5000', '--overwrite').ended
  expect(second).toMatchObject({
    code: 1,
    text: expect.stringContaining(`process ${first.child.pid} is training there`),
  })
  first.child.kill('SIGINT')
  const { text } = await first.ended
  const lines = text.split('\n').filter(line => line.startsWith('epoch'))
  expect(lines.length).toBeGreaterThan(0)
  expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(80)
})

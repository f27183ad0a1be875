import { stepsPerEpoch } from '../../../train/step/batches.ts'
import { fold } from '../../../train/step/folds.ts'
import type { Until } from '../messages.ts'
import { parametersOf, type Running, type TrainerOptions } from './active-run.ts'
import { openPace } from './run-control.ts'
import { snapshots } from './snapshot.ts'
import { trainEpoch } from './train-epoch.ts'

/** Training that can be paused, stepped and changed while it runs. */
export interface Trainer {
  play(until: Until): void
  pause(): void
  change(beta: number, learningRate: number): void
  /** Exports the model as it is now. */
  make(): Promise<void>
  /** Settles when all epochs are done; rejects when training cannot go on. */
  readonly done: Promise<void>
}

/** Begins training, paused. Steps, seeds, batches and noise are those of `npm run train`. */
export function openTrainer(options: TrainerOptions): Trainer {
  const { configuration, data, report, from } = options
  const { optimization, objective } = configuration
  const { folds, fold: index, foldSeed, split } = configuration.data
  const chosen = fold(data.train.count, folds, index, foldSeed, split)
  const perEpoch = stepsPerEpoch(chosen.train.length, optimization.batch)
  const last = from.changes.at(-1)
  const running: Running = {
    ...options,
    fold: chosen,
    pace: openPace(() => report({ type: 'paused' })),
    moved: {
      beta: last?.beta ?? objective.beta,
      learningRate: last?.learningRate ?? optimization.learningRate,
    },
    changes: [...from.changes],
    figures: [...from.figures],
    steps: from.epoch * perEpoch,
    perEpoch,
    checkpoint: from,
    takeSnapshot: snapshots(configuration, data.test),
  }
  return {
    play: until => running.pace.play(until),
    pause: () => running.pace.pause(),
    change(beta, learningRate) {
      Object.assign(running.moved, { beta, learningRate })
      // A slider that is dragged between two steps makes one change.
      if (running.changes.at(-1)?.step === running.steps) running.changes.pop()
      running.changes.push({ step: running.steps, beta, learningRate })
      report({ type: 'changed', changes: running.changes })
    },
    async make() {
      // Loaded when a model is exported: training itself needs no converter.
      const { makeRun } = await import('./export-run.ts')
      report({
        type: 'made',
        made: await makeRun(running, parametersOf(running, await running.engine.read())),
      })
    },
    done: trainAll(running),
  }
}

async function trainAll(running: Running): Promise<void> {
  const { configuration, from, report, pace } = running
  await showSnapshot(running)
  for (let epoch = from.epoch; epoch < configuration.optimization.epochs; epoch++) {
    await pace.ready()
    const figures = await trainEpoch(running, epoch, () => showSnapshot(running))
    running.figures.push(figures)
    report({ type: 'epoch', figures })
    await showSnapshot(running)
    await keep(running, epoch + 1)
    pace.endEpoch()
  }
  report({ type: 'finished' })
}

async function keep(running: Running, epoch: number): Promise<void> {
  const { engine, figures, changes, report } = running
  running.checkpoint = { epoch, state: await engine.read() }
  const checkpoint = { ...running.checkpoint, figures, changes }
  try {
    await running.save(checkpoint)
    report({ type: 'kept' })
  } catch (error) {
    const full = error instanceof DOMException && error.name === 'QuotaExceededError'
    report({ type: 'unkept', reason: full ? 'full' : 'blocked', checkpoint })
  }
}

async function showSnapshot(running: Running): Promise<void> {
  const parameters = parametersOf(running, await running.engine.read())
  const snapshot = await running.takeSnapshot(parameters, running.withParameters(parameters))
  running.report({ type: 'snapshot', snapshot })
}

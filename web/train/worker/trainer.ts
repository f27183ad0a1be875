import { stepsPerEpoch } from '../../../train/step/batches.ts'
import { fold } from '../../../train/step/folds.ts'
import type { Until } from '../messages.ts'
import { type ActiveRun, parametersOf, type TrainerOptions } from './active-run.ts'
import { createRunControl } from './run-control.ts'
import { createSnapshotter } from './snapshot.ts'
import { trainEpoch } from './train-epoch.ts'

/** Training that can be paused, stepped and changed while it runs. */
export interface Trainer {
  play(until: Until): void
  pause(): void
  change(beta: number, learningRate: number): void
  /** Exports the model as it is now, and reports it. */
  exportModel(): Promise<void>
  /** Resolves when all epochs are done; rejects when training cannot continue. */
  readonly done: Promise<void>
}

/** Opens training, paused. Its steps, seeds, batches and noise are those of `npm run train`. */
export function openTrainer(options: TrainerOptions): Trainer {
  const { configuration, data, report, from } = options
  const { optimization, objective } = configuration
  const { folds, fold: index, foldSeed, split } = configuration.data
  const chosen = fold(data.train.count, folds, index, foldSeed, split)
  const epochSteps = stepsPerEpoch(chosen.train.length, optimization.batch)
  const last = from.changes.at(-1)
  const running: ActiveRun = {
    ...options,
    fold: chosen,
    control: createRunControl(() => report({ type: 'paused' })),
    settings: {
      beta: last?.beta ?? objective.beta,
      learningRate: last?.learningRate ?? optimization.learningRate,
    },
    changes: [...from.changes],
    figures: [...from.figures],
    steps: from.epoch * epochSteps,
    epochSteps,
    checkpoint: from,
    takeSnapshot: createSnapshotter(configuration, data.test),
  }
  return {
    play: until => running.control.play(until),
    pause: () => running.control.pause(),
    change(beta, learningRate) {
      Object.assign(running.settings, { beta, learningRate })
      // Several changes between two steps, as by dragging a slider, count as one.
      if (running.changes.at(-1)?.step === running.steps) running.changes.pop()
      running.changes.push({ step: running.steps, beta, learningRate })
      report({ type: 'changed', changes: running.changes })
    },
    async exportModel() {
      // Loaded only for an export: training itself needs no converter.
      const { exportRun } = await import('./export-run.ts')
      report({
        type: 'exported',
        exported: await exportRun(running, parametersOf(running, await running.engine.read())),
      })
    },
    done: trainAll(running),
  }
}

async function trainAll(running: ActiveRun): Promise<void> {
  const { configuration, from, report, control } = running
  await showSnapshot(running)
  for (let epoch = from.epoch; epoch < configuration.optimization.epochs; epoch++) {
    await control.whenRunning()
    const figures = await trainEpoch(running, epoch, () => showSnapshot(running))
    running.figures.push(figures)
    report({ type: 'epoch', figures })
    await showSnapshot(running)
    await saveCheckpoint(running, epoch + 1)
    control.stopAfterEpoch()
  }
  report({ type: 'finished' })
}

async function saveCheckpoint(running: ActiveRun, epoch: number): Promise<void> {
  const { engine, figures, changes, report } = running
  running.checkpoint = { epoch, state: await engine.read() }
  const checkpoint = { ...running.checkpoint, figures, changes }
  try {
    await running.save(checkpoint)
    report({ type: 'checkpointSaved' })
  } catch (error) {
    const isFull = error instanceof DOMException && error.name === 'QuotaExceededError'
    report({ type: 'checkpointNotSaved', reason: isFull ? 'full' : 'blocked', checkpoint })
  }
}

async function showSnapshot(running: ActiveRun): Promise<void> {
  const parameters = parametersOf(running, await running.engine.read())
  const snapshot = await running.takeSnapshot(parameters, running.withParameters(parameters))
  running.report({ type: 'snapshot', snapshot })
}

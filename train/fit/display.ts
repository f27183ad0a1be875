import { Presets, SingleBar } from 'cli-progress'
import { parameterCount } from '../../models/architecture.ts'
import type { Dataset } from '../data/dataset.ts'
import { describeReading } from '../data/describe.ts'
import type { Configuration } from '../step/configuration.ts'
import type { EpochRecord } from '../step/run/record.ts'
import type { Progress } from './epoch.ts'

/** Output of a training run: a progress bar on a terminal, otherwise a line per epoch. */
export interface Display {
  progress(progress: Progress): void
  epoch(record: EpochRecord): void
  /** Prints a line. */
  say(line: string): void
  close(): void
}

/** Opens the display on standard output and prints the configuration to be trained. */
export function openDisplay(configuration: Configuration, dataset: Dataset, directory: string): Display {
  const { architecture, optimization, objective, data, id } = configuration
  const terminal = process.stdout.isTTY
  const bar = new SingleBar(
    {
      format: '{bar} epoch {epoch}/{epochs}  loss {loss}  {rate} images/s  {left} left',
      hideCursor: true,
      clearOnComplete: true,
      barsize: 24,
    },
    Presets.shades_classic,
  )
  const say = (line: string) => {
    if (bar.isActive) {
      process.stdout.clearLine(0)
      process.stdout.cursorTo(0)
    }
    console.log(line)
  }
  const beta = architecture.kind === 'vae' ? `, beta ${objective.beta}` : ''
  say(
    `${id} on ${dataset.name}, fold ${data.fold} of ${data.folds}${dataset.note ? ` (${dataset.note})` : ''}`,
  )
  say(
    `${parameterCount(architecture).toLocaleString('en')} parameters, ${objective.reconstruction}${beta}, ` +
      `${optimization.epochs} epochs, batch ${optimization.batch}, ${optimization.schedule} rate ${optimization.learningRate}, ` +
      `seed ${configuration.seed} → ${directory}`,
  )
  for (const line of dataset.reading ? describeReading(dataset.reading) : []) say(line)
  return {
    say,
    progress({ epoch, epochs, step, steps, loss, imagesPerSecond }) {
      if (!terminal) return
      const total = epochs * steps
      const done = (epoch - 1) * steps + step
      const secondsLeft = ((total - done) * optimization.batch) / imagesPerSecond
      const payload = {
        epoch,
        epochs,
        loss: loss.toFixed(2),
        rate: Math.round(imagesPerSecond).toLocaleString('en'),
        left: duration(secondsLeft),
      }
      if (bar.isActive) bar.update(done, payload)
      else bar.start(total, done, payload)
    },
    epoch({ epoch, train, validation, seconds }) {
      say(
        `epoch ${String(epoch).padStart(3)}  train ${train.loss.toFixed(2)}  val ${validation.loss.toFixed(2)} nats/image  ` +
          `bce ${validation.bce.toFixed(4)}/pixel  ${seconds.toFixed(1)} s`,
      )
    },
    close: () => bar.stop(),
  }
}

/** Seconds as 45s, 3m 20s or 2h 05m. */
export function duration(seconds: number): string {
  const s = Math.round(seconds)
  if (s < 60) return `${s}s`
  const m = Math.floor(s / 60)
  if (m < 60) return `${m}m ${String(s % 60).padStart(2, '0')}s`
  return `${Math.floor(m / 60)}h ${String(m % 60).padStart(2, '0')}m`
}

import { MultiBar, Presets, type SingleBar } from 'cli-progress'
import { duration } from '../../fit/display.ts'
import type { Progress } from '../../fit/epoch.ts'
import type { Job } from '../plan/plan.ts'
import type { Estimate } from './estimate.ts'
import { logPath, type Outcome } from './pool.ts'

/**
 * Progress of a sweep: on a terminal a bar for each worker and one for all, otherwise a line for each run that ended.
 */
export interface Display {
  start(job: Job, worker: number): void
  progress(job: Job, worker: number, progress: Progress): void
  end(outcome: Outcome, worker: number): void
  /** Prints a line. */
  say(line: string): void
  close(): void
}

/** Width in columns of a worker's epoch, images per second and time left, with the spaces between. */
const FIGURES = 29
/** Width in columns of what stands before the name of a run. */
const MARGIN = 12
/** ANSI: clear from the cursor to the line's end. */
const CLEAR = '\x1b[K'

/** Opens the display of `total` runs on standard output. */
export function openDisplay(total: number, workers: number, out: string, estimate: Estimate): Display {
  const columns = process.stdout.isTTY ? process.stdout.columns : 0
  const bars = columns ? openBars(total, workers, columns) : null
  const counts = { ended: 0, failed: 0 }
  const say = (line: string) => (bars ? bars.say(line) : console.log(line))
  const showAll = () => {
    const failed = counts.failed > 0 ? `, ${counts.failed} failed` : ''
    bars?.all.update(counts.ended, {
      name: bars.pad(`${counts.ended} of ${total} runs${failed}`),
      epoch: '',
      rate: '',
      left: `${duration(estimate.left())} left`,
    })
  }
  const clock = bars && setInterval(showAll, 1000)
  return {
    say,
    start(job, worker) {
      estimate.start(job)
      bars?.show(worker, job, { epoch: 'starting', rate: '', left: '' }, 0)
    },
    progress(job, worker, { epoch, epochs, step, steps, imagesPerSecond }) {
      const share = (epoch - 1 + step / steps) / epochs
      estimate.advance(job, share)
      const text = {
        epoch: `${epoch}/${epochs}`,
        rate: `${Math.round(imagesPerSecond).toLocaleString('en')}/s`,
        left: duration(((1 - share) * epochs * job.images) / imagesPerSecond),
      }
      bars?.show(worker, job, text, share)
    },
    end(outcome, worker) {
      if (outcome.type !== 'interrupted') counts.ended++
      if (outcome.type === 'failed') counts.failed++
      estimate.end(outcome.job)
      bars?.hide(worker)
      const left = duration(estimate.left())
      const [line, ...more] = describe(outcome, out)
      say(bars ? line : `${line}  ${counts.ended} of ${total} runs, ${left} left`)
      for (const detail of more) say(indent(detail, columns))
      showAll()
    },
    close() {
      if (clock) clearInterval(clock)
      bars?.close()
    },
  }
}

interface Bars {
  all: SingleBar
  /** Pads or shortens the name of a run to the width of its column. */
  pad(name: string): string
  show(worker: number, job: Job, text: Record<'epoch' | 'rate' | 'left', string>, share: number): void
  hide(worker: number): void
  say(line: string): void
  close(): void
}

function openBars(total: number, workers: number, columns: number): Bars {
  const width = Math.max(24, Math.min(48, Math.floor((columns - FIGURES) * 0.6)))
  // Keep the end of a name, which distinguishes the runs of one model.
  const pad = (name: string) =>
    name.length > width ? `${name.slice(0, width - 16)}…${name.slice(-15)}` : name.padEnd(width)
  const multi = new MultiBar(
    {
      format: '{name} {bar} {epoch} {rate} {left}',
      barsize: Math.max(8, Math.min(40, columns - width - FIGURES - 1)),
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
      autopadding: true,
      linewrap: true,
    },
    Presets.shades_classic,
  )
  const idle = () => ({ name: pad('waiting'), epoch: '', rate: '', left: '' })
  const all = multi.create(total, 0, { ...idle(), name: pad(`0 of ${total} runs`) })
  const each = Array.from({ length: workers }, () => multi.create(1, 0, idle()))
  return {
    all,
    pad,
    show(worker, job, { epoch, rate, left }, share) {
      each[worker].update(share, {
        name: pad(job.run),
        epoch: epoch.padStart(9),
        rate: rate.padStart(8),
        left: left.padStart(7),
      })
    },
    hide: worker => each[worker].update(0, idle()),
    // Each line clears the rest of a bar that was drawn there.
    say: text => multi.log(`${text.replaceAll('\n', `${CLEAR}\n`)}${CLEAR}\n`),
    close() {
      // Draw now: lines logged since the last redraw would be lost.
      multi.update()
      multi.stop()
    },
  }
}

/** Describes how a run ended: one line, and further lines about the reason. */
function describe(outcome: Outcome, out: string): string[] {
  const { job } = outcome
  const line = (how: string, rest: string) => `${how.padEnd(MARGIN)}${job.run}  ${rest}`.trimEnd()
  switch (outcome.type) {
    case 'finished': {
      const { evaluations, seconds, epochs, status } = outcome.run
      const { reconstruction } = job.configuration.objective
      const test = evaluations.find(({ split, latent }) => split === 'test' && latent === 'mu')
      const loss = test ? `test ${reconstruction} ${test[reconstruction].toFixed(4)}  ` : ''
      const early = status === 'stopped early' ? `, stopped at epoch ${epochs}` : ''
      return [line('finished', `${loss}${duration(seconds)}${early}`)]
    }
    case 'skipped':
      return [line('skipped', 'another sweep has finished it')]
    case 'held':
      return [
        line('skipped', 'under way'),
        `process ${outcome.holder.pid} on ${outcome.holder.host} is training it`,
      ]
    case 'interrupted':
      return [line('interrupted', `at epoch ${outcome.epochs}`)]
    case 'failed':
      return [line('failed', ''), outcome.error, logPath(out, job)]
  }
}

/** Indents text below a run's line, wrapped to the terminal's width. */
function indent(text: string, columns: number): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = `${lines.at(-1)} ${word}`.trimStart()
    if (columns > 0 && lines.at(-1) && line.length > columns - MARGIN) lines.push(word)
    else lines[lines.length - 1] = line
  }
  return lines.map(line => ' '.repeat(MARGIN) + line).join('\n')
}

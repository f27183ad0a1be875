import type { Judgement } from '../../models/judgement.ts'

const COLUMNS = ['class', 'worst', 'sure', 'FD', 'precision', 'recall', 'nearest', 'written'] as const
type Column = (typeof COLUMNS)[number]

/** The first line of a table of judgements. */
export const HEADER = line(
  'model',
  Object.fromEntries(COLUMNS.map(name => [name, name])) as Record<Column, string>,
)

/** A model's line. */
export function formatJudgement(id: string, { byClass, samples, nearest, written }: Judgement): string {
  return line(id, {
    ...setCells(samples),
    class: byClass ? byClass.mean.toFixed(4) : '–',
    worst: byClass ? byClass.worst.toFixed(3) : '–',
    nearest: nearest.samples.median.toFixed(2),
    written: written ? `${written.read}/${written.characters}` : '–',
  })
}

/** The line of the training images, whose figures a perfect model would have. */
export function formatTrainingImages({ judge, trainingImages, nearest }: Judgement): string {
  return line(`training images of ${judge.dataset}`, {
    ...setCells(trainingImages),
    class: '–',
    worst: '–',
    // Of test images: training images are their own nearest.
    nearest: nearest.testImages.median.toFixed(2),
    written: '–',
  })
}

function setCells(
  set: Judgement['samples'],
): Pick<Record<Column, string>, 'sure' | 'FD' | 'precision' | 'recall'> {
  return {
    sure: set.confident.toFixed(3),
    FD: set.frechet.toFixed(2),
    precision: set.precision.toFixed(3),
    recall: set.recall.toFixed(3),
  }
}

function line(name: string, cells: Record<Column, string>): string {
  return [name.padEnd(32), ...COLUMNS.map(column => cells[column].padStart(9))].join(' ')
}

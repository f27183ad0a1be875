import type { Images } from '../step/images.ts'
import type { Dataset, Reading } from './dataset.ts'

/** Skipped files that are named one by one. */
const NAMED = 8
/** Classes that are counted one by one. */
const COUNTED = 16

/** What a data set holds and how it is divided, as lines for a terminal. */
export function describeDataset(dataset: Dataset): string[] {
  const { name, width, height, classes, polarity, note, train, test, validation } = dataset
  const kinds =
    classes.length === 0 ? 'no labels' : `${classes.length} ${classes.length === 1 ? 'class' : 'classes'}`
  return [
    `${name}: ${width} × ${height} pixels, ${kinds}`,
    `train  ${describeImages(train, classes)}`,
    ...(validation
      ? [`       ${count(validation.length, 'image')} of these for validation, as the data is divided`]
      : []),
    `test   ${describeImages(test, classes)}`,
    `split  ${note ?? 'as published'}`,
    `shown  ${polarity === 'photograph' ? 'as photographs' : polarity.replaceAll('-', ' ')}`,
    ...(classes.length > COUNTED ? [`names  ${classes.join(', ')}`] : []),
    ...(dataset.reading ? describeReading(dataset.reading) : []),
    ...untrained(dataset).map(name => `warning: no training image is of ${name}: it cannot be sampled`),
  ]
}

/** Classes that only test images have. */
function untrained({ train: { labels }, classes }: Dataset): string[] {
  if (!labels) return []
  const trained = new Set(labels)
  return classes.filter((_, k) => !trained.has(k))
}

/** What was read and what was not, as lines; a single one where nothing was left out. */
export function describeReading({ images, skipped, duplicates, leaked }: Reading): string[] {
  const lines = [
    `read   ${count(images, 'image')}, ${skipped.length === 0 ? 'none' : number(skipped.length)} skipped`,
  ]
  for (const { path, reason } of skipped.slice(0, NAMED)) lines.push(`       ${path}: ${reason}`)
  if (skipped.length > NAMED) {
    const reasons = tally(skipped.slice(NAMED).map(({ reason }) => reason.replace(/, got .*/, '')))
    for (const [reason, n] of reasons) lines.push(`       and ${number(n)} more: ${reason}`)
  }
  const labels = tally(skipped.flatMap(({ label }) => label ?? []))
  if (labels.length > 0) {
    lines.push(
      `       skipped by class: ${labels.map(([label, n]) => `${number(n)} of ${label}`).join(', ')}`,
    )
  }
  if (duplicates > 0) lines.push(`note   ${count(duplicates, 'image')} equal to another of the same part`)
  if (leaked > 0) {
    lines.push(
      `warning: ${count(leaked, 'test image')} also among the training images: test figures will look better than they are`,
    )
  }
  return lines
}

function describeImages({ count: all, labels }: Images, classes: readonly string[]): string {
  const total = count(all, 'image')
  if (!labels) return total
  const counts = new Array<number>(classes.length).fill(0)
  for (const label of labels) counts[label]++
  if (counts.every(n => n === counts[0])) return `${total}, ${number(counts[0])} of each class`
  const named = (order: readonly number[]) =>
    order.map(k => `${number(counts[k])} of ${classes[k]}`).join(', ')
  const places = classes.map((_, k) => k)
  if (classes.length <= COUNTED) return `${total}: ${named(places)}`
  const order = places.sort((a, b) => counts[a] - counts[b])
  return `${total} of ${classes.length} classes: ${named(order.slice(0, 2))}, … ${named(order.slice(-2))}`
}

function tally(texts: readonly string[]): [text: string, count: number][] {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return [...counts]
}

function count(n: number, what: string): string {
  return `${number(n)} ${what}${n === 1 ? '' : 's'}`
}

function number(n: number): string {
  return n.toLocaleString('en-US')
}

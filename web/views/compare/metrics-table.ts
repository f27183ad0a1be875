import { html, type TemplateResult } from 'lit'
import type { Card, Metric } from '../../../models/card.ts'

const NAMES: Partial<Record<Metric['name'], string>> = {
  bce: 'BCE',
  mse: 'MSE',
  l1: 'L1',
  kl: 'KL',
  elbo: 'ELBO',
  activeUnits: 'Active units',
  importanceBound: 'ln p(x) at least',
}

/** A row of the table: what it is of, and the number of each card, undefined where a card has none that may share the row. */
export interface MetricRow {
  title: string
  unit: string
  values: (number | undefined)[]
}

/** The cards' metrics over the test set in rows, one column a model. */
export function metricsTable(cards: readonly Card[]): TemplateResult {
  return html`<div class="table-box" tabindex="0" role="region" aria-label="Test metrics"><table>
    <caption>Over the test set</caption>
    <thead>
      <tr><th scope="col">Metric</th>${cards.map(card => html`<th scope="col">${card.id}</th>`)}</tr>
    </thead>
    <tbody>
      <tr><th scope="row">Parameters</th>${cards.map(card => html`<td>${card.parameters.toLocaleString('en')}</td>`)}</tr>
      ${metricRows(cards).map(
        row => html`<tr>
          <th scope="row">${row.title} <span class="unit">${row.unit}</span></th>
          ${row.values.map(value => html`<td>${value === undefined ? '–' : print(value)}</td>`)}
        </tr>`,
      )}
    </tbody>
  </table></div>`
}

/**
 * The cards' metrics over the test set, and what judges made of their samples. Only numbers that may be compared share a
 * row: those that differ in reduction, in z, in grey or binary pixels, in draws, in the judge, or (of a likelihood) in whether the
 * class was given stand in rows of their own.
 */
export function metricRows(cards: readonly Card[]): MetricRow[] {
  const rows = new Map<string, MetricRow>()
  const put = (title: string, unit: string, key: string, column: number, value: number) => {
    const row = rows.get(key) ?? { title, unit, values: cards.map(() => undefined) }
    row.values[column] = value
    rows.set(key, row)
  }
  cards.forEach((card, column) => {
    for (const { name, unit, split, latent, value, pixels, samples, images } of card.metrics) {
      if (split !== 'test' || typeof value !== 'number' || !NAMES[name]) continue
      if (latent === 'sampled' && name === 'activeUnits') continue
      const isBound = name === 'importanceBound'
      const givenClass = card.architecture.classes !== undefined && (isBound || name === 'elbo')
      const of = isBound
        ? `${samples?.toLocaleString('en')} draws for each of ${images.toLocaleString('en')} images`
        : latent === 'mu'
          ? 'z = mu'
          : 'z sampled'
      const title = [
        NAMES[name],
        of,
        ...(givenClass ? ['the class given'] : []),
        ...(pixels === 'binarized' ? ['binary pixels'] : []),
      ].join(', ')
      put(title, unit, [title, unit].join(), column, value)
    }
  })
  cards.forEach((card, column) => {
    for (const { title, unit, value } of judgementRows(card)) {
      const { judge, seed, samples } = card.judgement!
      put(title, unit, [title, unit, judge.version, seed, samples.images].join(), column, value)
    }
  })
  return [...rows.values()]
}

/** What the judge of the data set makes of a card's samples. Rows of other judges or numbers of samples stand apart. */
function judgementRows({ judgement }: Card): { title: string; unit: string; value: number }[] {
  if (!judgement) return []
  const { byClass, samples, trainingImages } = judgement
  const drawn = `${samples.images.toLocaleString('en')} samples, judge of ${judgement.judge.dataset}`
  const perClass =
    byClass &&
    `${byClass.imagesPerClass.toLocaleString('en')} samples a class, judge of ${judgement.judge.dataset}`
  return [
    ...(byClass && perClass
      ? [
          { title: 'Class accuracy, mean', unit: perClass, value: byClass.mean },
          { title: 'Class accuracy, worst class', unit: perClass, value: byClass.worst },
        ]
      : []),
    { title: 'Judged with over 0.9 confidence', unit: drawn, value: samples.confident },
    {
      title: 'Fréchet distance',
      unit: `${drawn}; training images ${trainingImages.frechet.toFixed(2)}`,
      value: samples.frechet,
    },
    { title: 'Precision', unit: drawn, value: samples.precision },
    { title: 'Recall', unit: drawn, value: samples.recall },
  ]
}

function print(value: number): string {
  return (
    Math.abs(value) < 10 && !Number.isInteger(value)
      ? value.toFixed(4)
      : value.toFixed(Number.isInteger(value) ? 0 : 2)
  ).replace('-', '−')
}

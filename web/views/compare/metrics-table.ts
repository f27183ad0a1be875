import { html, type TemplateResult } from 'lit'
import type { Card, Metric, Objective } from '../../../models/card.ts'
import { cardTitle } from '../../../models/model-title.ts'
import { fixed } from '../../../models/print-number.ts'

const NAMES: Partial<Record<Metric['name'], string>> = {
  bce: 'BCE',
  mse: 'MSE',
  l1: 'L1',
  kl: 'KL',
  activeUnits: 'Active units',
  importanceBound: 'ln p(x), lower bound',
}

/** The ELBO's name by the reconstruction term in it. A squared or absolute error lacks the constant of its density. */
const ELBO_NAMES: Record<Objective['reconstruction'], string> = {
  bce: 'ELBO',
  mse: 'ELBO of the squared error, up to a constant',
  l1: 'ELBO of the absolute error, up to a constant',
}

/**
 * A row of the table: a metric, and each card's value; undefined if the card has none that may be compared in this row.
 */
export interface MetricRow {
  title: string
  unit: string
  values: (number | undefined)[]
}

/** A table of the cards' test metrics, with a column for each model. */
export function metricsTable(cards: readonly Card[]): TemplateResult {
  return html`<div class="table-box" tabindex="0" role="region" aria-label="Test metrics"><table>
    <caption>Over the test set</caption>
    <thead>
      <tr><th scope="col">Metric</th>${cards.map(card => html`<th scope="col" title=${card.id}>${cardTitle(card)}</th>`)}</tr>
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
 * The rows of the cards' test metrics and of the judges' figures for their samples. Only numbers that may be compared
 * share a row: not those that differ in unit, in z (mu or drawn), in pixels (grey or binary), in the number of draws,
 * in the judge, or, for likelihoods, in whether the class was given; nor ELBOs with different reconstruction terms.
 */
export function metricRows(cards: readonly Card[]): MetricRow[] {
  const rows = new Map<string, MetricRow>()
  const addValue = (title: string, unit: string, key: string, column: number, value: number) => {
    const row = rows.get(key) ?? { title, unit, values: cards.map(() => undefined) }
    row.values[column] = value
    rows.set(key, row)
  }
  cards.forEach((card, column) => {
    for (const { name, unit, split, latent, value, pixels, samples, images } of card.metrics) {
      const named = name === 'elbo' ? ELBO_NAMES[card.objective.reconstruction] : NAMES[name]
      if (split !== 'test' || typeof value !== 'number' || !named) continue
      if (latent === 'sampled' && name === 'activeUnits') continue
      const isBound = name === 'importanceBound'
      const givenClass = card.architecture.classes !== undefined && (isBound || name === 'elbo')
      const of = isBound
        ? `${samples?.toLocaleString('en')} draws for each of ${images.toLocaleString('en')} images`
        : latent === 'mu'
          ? 'z = mu'
          : 'z drawn'
      const title = [
        named,
        of,
        ...(givenClass ? ['the class given'] : []),
        ...(pixels === 'binarized' ? ['binary pixels'] : []),
      ].join(', ')
      addValue(title, unit, [title, unit].join(), column, value)
    }
  })
  cards.forEach((card, column) => {
    for (const { title, unit, value } of judgementRows(card)) {
      const { judge, seed, samples } = card.judgement!
      addValue(title, unit, [title, unit, judge.version, seed, samples.images].join(), column, value)
    }
  })
  return [...rows.values()]
}

/**
 * The judge's figures for a model's samples. The unit names the judge and the number of samples, so that others get
 * rows of their own.
 */
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
  if (Number.isInteger(value)) return fixed(value, 0)
  return fixed(value, Math.abs(value) < 10 ? 4 : 2)
}

import { html, type TemplateResult } from 'lit'
import type { Card, Metric } from '../../models/card.ts'

const NAMES: Partial<Record<Metric['name'], string>> = {
  bce: 'BCE',
  mse: 'MSE',
  l1: 'L1',
  kl: 'KL',
  elbo: 'ELBO',
  activeUnits: 'Active units',
}

/** The cards' metrics over the test set in rows, one column a model; only numbers that may be compared share a row. */
export function metricsTable(cards: readonly Card[]): TemplateResult {
  const rows = new Map<string, { title: string; unit: string; values: (number | undefined)[] }>()
  cards.forEach((card, column) => {
    for (const { name, unit, split, latent, value } of card.metrics) {
      if (split !== 'test' || typeof value !== 'number' || !NAMES[name]) continue
      if (latent === 'sampled' && name === 'activeUnits') continue
      const key = [name, unit, latent].join()
      const title = `${NAMES[name]}, ${latent === 'mu' ? 'z = mu' : 'z sampled'}`
      const row = rows.get(key) ?? { title, unit, values: cards.map(() => undefined) }
      row.values[column] = value
      rows.set(key, row)
    }
  })
  return html`<div class="table-box" tabindex="0" role="region" aria-label="Test metrics"><table>
    <caption>Over the test set</caption>
    <thead>
      <tr><th scope="col">Metric</th>${cards.map(card => html`<th scope="col">${card.id}</th>`)}</tr>
    </thead>
    <tbody>
      <tr><th scope="row">Parameters</th>${cards.map(card => html`<td>${card.parameters.toLocaleString('en')}</td>`)}</tr>
      ${[...rows.values()].map(
        row => html`<tr>
          <th scope="row">${row.title} <span class="unit">${row.unit}</span></th>
          ${row.values.map(value => html`<td>${value === undefined ? '–' : print(value)}</td>`)}
        </tr>`,
      )}
    </tbody>
  </table></div>`
}

function print(value: number): string {
  return (
    Math.abs(value) < 10 && !Number.isInteger(value)
      ? value.toFixed(4)
      : value.toFixed(Number.isInteger(value) ? 0 : 2)
  ).replace('-', '−')
}

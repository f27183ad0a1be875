import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { fixed } from '../../../models/print-number.ts'
import { subscript } from '../../plot/plane/projection.ts'

/** A dimension is active if the variance of its mu over the images is above this (Burda et al. 2016). */
const ACTIVE = 0.01

/**
 * A table of a VAE's latent dimensions beside the prior: KL over the test images, mean and standard deviation of mu
 * over the training images, and whether the dimension is active. The dimensions of largest variance stand first.
 */
export function dimensionsTable(card: Card): TemplateResult | typeof nothing {
  if (card.architecture.kind !== 'vae') return nothing
  const measured = card.metrics.find(
    ({ name, split }) => name === 'klPerDimension' && split === 'test',
  )?.value
  const kl = Array.isArray(measured) ? measured : undefined
  const variance = (k: number) => card.latent.whole.covariance[k][k]
  const order = [...card.prior.mean.keys()].sort((a, b) => variance(b) - variance(a))
  const active = order.filter(k => variance(k) > ACTIVE).length
  const print = (value: number) => fixed(value, 2)
  return html`<details class="behind">
    <summary>Latent dimensions: ${active} of ${order.length} active</summary>
    <div class="table-box" tabindex="0" role="region" aria-label="Latent dimensions">
      <table>
        <caption>Mean ± standard deviation of mu over the training images, compared with those of the prior</caption>
        <thead>
          <tr>
            <th scope="col">Dimension</th>
            <th scope="col">KL, nats</th>
            <th scope="col">mu</th>
            <th scope="col">Prior</th>
            <th scope="col">Active</th>
          </tr>
        </thead>
        <tbody>
          ${order.map(
            k => html`<tr>
              <th scope="row">z${subscript(k + 1)}</th>
              <td>${kl ? print(kl[k]) : '–'}</td>
              <td>${print(card.latent.whole.mean[k])} ± ${print(Math.sqrt(variance(k)))}</td>
              <td>${print(card.prior.mean[k])} ± ${print(Math.sqrt(card.prior.variance[k]))}</td>
              <td>${variance(k) > ACTIVE ? 'yes' : 'no'}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`
}

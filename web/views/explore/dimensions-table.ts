import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { fixed } from '../../plot/fixed.ts'
import { subscript } from '../../plot/projection.ts'

/** A dimension whose mu varies less than this over the images carries nothing (Burda et al. 2016). */
const ACTIVE = 0.01

/**
 * What each latent dimension of a VAE carries: its KL over the test images, the variance of mu over the training images
 * and whether that makes it active, beside the prior. Those that carry most stand first.
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
    <summary>What the numbers carry: ${active} of ${order.length} active</summary>
    <div class="table-box" tabindex="0" role="region" aria-label="Latent dimensions">
      <table>
        <caption>Where the encoder puts images (aggregate posterior, mean ± deviation of mu) beside the prior</caption>
        <thead>
          <tr>
            <th scope="col">Number</th>
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

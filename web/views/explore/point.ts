import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { placedClasses } from '../../../models/latent/draws.ts'
import { fixed } from '../../../models/print-number.ts'
import type { Model } from '../../catalog/catalog.ts'
import { ready } from '../../catalog/resource.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { choices, slider } from '../../lab/controls.ts'
import { explanation } from '../../lab/heading.ts'
import { classOf, isConditional } from '../../lab/points.ts'
import { nearestClasses } from '../../plot/plane/classes.ts'
import { subscript } from '../../plot/plane/projection.ts'

const NEAREST = 20

/** A sentence on the classes of the test images nearest to a point, and one on its distance from the prior's mean. */
export function describeSurroundings(model: Model, card: Card, z: Float32Array): string {
  const latents = ready(model.latents())
  const sentences: string[] = []
  // In a conditional model z says nothing of the class, which is given beside it.
  const [first] = latents && !isConditional(card) ? nearestClasses(latents, z, NEAREST) : []
  if (first) {
    const name = card.dataset.classes[first.index]
    const all = first.count === NEAREST
    sentences.push(`${all ? 'All' : first.count} of the ${NEAREST} nearest test images are of class ${name}.`)
  }
  if (card.architecture.kind === 'vae') {
    const { mean, variance } = card.prior
    const squared = mean.reduce((sum, m, k) => sum + (z[k] - m) ** 2 / variance[k], 0)
    sentences.push(`The point is ${Math.sqrt(squared).toFixed(1)} standard deviations from the prior’s mean.`)
  }
  return sentences.join(' ')
}

/** Dimensions whose sliders are shown; the others are folded away. */
const SLIDERS = 10

/** A slider for each coordinate, those of largest variance first, and buttons that go to the classes' means. */
export function pointControls(app: AppContext, card: Card, z: Float32Array): TemplateResult {
  const variance = (k: number) => card.latent.whole.covariance[k][k]
  const sd = (k: number) => Math.sqrt(Math.max(card.prior.variance[k], variance(k)))
  const middle = (k: number) =>
    card.architecture.kind === 'vae' ? card.prior.mean[k] : card.latent.whole.mean[k]
  const coordinate = (k: number) =>
    slider(
      `z${subscript(k + 1)}`,
      z[k],
      { min: middle(k) - 4 * sd(k), max: middle(k) + 4 * sd(k), step: sd(k) / 100 },
      value => app.set({ z: Array.from(z, (old, i) => (i === k ? value : old)) }),
    )
  const all = Array.from(z.keys())
  const order = z.length > SLIDERS ? all.sort((a, b) => variance(b) - variance(a)) : all
  return html`<div class="coordinates">
    ${order.slice(0, SLIDERS).map(coordinate)}
    ${
      order.length > SLIDERS
        ? html`<details>
            <summary>The other ${order.length - SLIDERS} numbers, which vary less</summary>
            ${order.slice(SLIDERS).map(coordinate)}
          </details>`
        : nothing
    }
    ${isConditional(card) ? classControl(app, card) : nothing}
    <div class="places" role="group" aria-label="Go to">
      <button @click=${() => app.set({ z: [...card.prior.mean] })}>Prior’s mean</button>
      ${placedClasses(card).map(i => {
        const name = `Mean of class ${card.dataset.classes[i]}`
        const go = () =>
          app.set({ z: [...card.latent.classes[i].mean], ...(isConditional(card) && { y: i }) })
        return html`<button aria-label=${name} title=${name} @click=${go}>${card.dataset.classes[i]}</button>`
      })}
    </div>
  </div>`
}

/** Up to this many classes are buttons; more of them are a menu. */
const MOST_BUTTONS = 12

/** The control of the class that a conditional model decodes with: the same z as another character. */
function classControl(app: AppContext, card: Card): TemplateResult {
  const chosen = String(classOf(app.state, card))
  if (card.dataset.classes.length > MOST_BUTTONS) {
    return html`<label class="field"
      ><span class="label">Decoded as</span>
      <select @change=${(e: Event) => app.set({ y: Number((e.target as HTMLSelectElement).value) })}>
        ${card.dataset.classes.map(
          (name, i) => html`<option value=${i} ?selected=${String(i) === chosen}>${name}</option>`,
        )}
      </select></label
    >`
  }
  const options = card.dataset.classes.map((name, i) => [String(i), name] as const)
  return choices('Decoded as', options, chosen, next => app.set({ y: Number(next) }))
}

/** Menus of the plane's two directions, for a latent space of more than two dimensions. */
export function axesControl(app: AppContext, card: Card): TemplateResult | typeof nothing {
  const d = card.architecture.latentDim
  if (d <= 2) return nothing
  const { axes } = app.state
  const [across, up] = axes === 'principal' || axes === '' ? ['p', 'p'] : axes.split(',')
  const dimension = (label: string, value: string, change: (value: string) => void) =>
    html`<label class="field"
      ><span class="label">${label}</span>
      <select @change=${(e: Event) => change((e.target as HTMLSelectElement).value)}>
        <option value="p" ?selected=${value === 'p'}>principal</option>
        ${Array.from(
          { length: d },
          (_, k) => html`<option value=${k} ?selected=${value === String(k)}>z${subscript(k + 1)}</option>`,
        )}
      </select></label
    >`
  const other = (k: string) => (k === '0' ? '1' : '0')
  const choose = (a: string, b: string, changed: 0 | 1) => {
    const picked = changed === 0 ? a : b
    if (picked === 'p') return app.set({ axes: '' })
    const rest = changed === 0 ? b : a
    const partner = rest === 'p' || rest === picked ? other(picked) : rest
    app.set({ axes: changed === 0 ? `${picked},${partner}` : `${partner},${picked}` })
  }
  return html`${dimension('Across', across, v => choose(v, up, 0))} ${dimension('Up', up, v => choose(across, v, 1))}`
}

/** The plane as a table: the mean and the standard deviation of each class. */
export function planeTable(card: Card): TemplateResult | typeof nothing {
  const { classes, whole } = card.latent
  const rows = [
    ...classes.map((moments, i) => ({ name: card.dataset.classes[i], moments })),
    { name: 'all', moments: whole },
  ]
  const shown = Math.min(card.architecture.latentDim, 8)
  const print = (value: number) => fixed(value, 2)
  return html`<details class="behind">
    <summary>The plane as a table</summary>
    <div class="table-box" tabindex="0" role="region" aria-label="Classes in the latent space">
      <table>
        <caption>Mean ± standard deviation of mu over the training images</caption>
        <thead>
          <tr>
            <th scope="col">Class</th>
            ${Array.from({ length: shown }, (_, k) => html`<th scope="col">z${subscript(k + 1)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ name, moments }) => html`<tr>
              <th scope="row">${name}</th>
              ${Array.from(
                { length: shown },
                (_, k) =>
                  html`<td>
                    ${print(moments.mean[k])}
                    <span class="deviation">± ${print(Math.sqrt(moments.covariance[k][k]))}</span>
                  </td>`,
              )}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`
}

/** Explains what the view shows. */
export function explanations(card: Card): TemplateResult {
  const d = card.architecture.latentDim
  const { height, width } = card.dataset
  const numbers = d === 2 ? 'two numbers' : `${d} numbers`
  return html`
    ${explanation(
      'An image in a few numbers',
      `Each of these images has ${height * width} pixels. The encoder was trained to describe one by ${numbers}, the decoder to reconstruct it from them. Every dot is a test image at the point that the encoder gives it.`,
      html`<p class="equation">z = encoder(x) ∈ ℝ<sup>${d}</sup>, &emsp; x̂ = decoder(z) ∈ [0, 1]<sup>${height * width}</sup></p>`,
    )}
    ${
      card.architecture.kind === 'vae'
        ? explanation(
            'Distributions, not points',
            'A variational autoencoder encodes an image as a distribution: a small cloud around a point. Training pulls the clouds towards one Gaussian prior (the rings), so they lie close together, and most points between them decode to an image too.',
            html`<p class="equation">
              −ELBO = 𝔼<sub>q(z|x)</sub>[−log p(x|z)] + β · KL(q(z|x) ‖ p(z)), &emsp; β = ${card.objective.beta}
            </p>`,
          )
        : explanation(
            'Why there are gaps',
            'A plain autoencoder is trained only to reconstruct its images. Nothing keeps their points together, so there are gaps, and a point in a gap may decode to no recognisable image.',
            html`<p class="equation">minimise 𝔼[−log p(x | z = encoder(x))]</p>`,
          )
    }
    ${explanation(
      'The histograms',
      'The bars above and at the right count the test images along each axis. The curve is the prior’s density: where bars and curve agree, draws from the prior lie where images do.',
      html`<p class="equation">∫ q(z) dz<sub>other</sub> beside p(z<sub>k</sub>) = 𝒩(mean<sub>k</sub>, variance<sub>k</sub>)</p>`,
    )}
  `
}

import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../models/card.ts'
import { testIndex } from '../../models/images/image-code.ts'
import { drawSamples } from '../../models/latent/draws.ts'
import { meanOf } from '../../models/latent/encoded-set.ts'
import type { Model } from '../catalog/catalog.ts'
import { ready } from '../catalog/resource.ts'
import { type AppContext, pointOf, type View } from '../lab/app-context.ts'
import { choices } from '../lab/controls.ts'
import { explanation, heading } from '../lab/heading.ts'
import { modelPicker } from '../lab/model-picker.ts'
import { classOf, withClass } from '../lab/points.ts'
import { sourceImage } from '../lab/source-image.ts'
import { loadingPlaceholder } from '../lab/status.ts'
import { createSide, type Side, type SideContent } from './compare/compare-side.ts'
import { metricsTable } from './compare/metrics-table.ts'
import { rateDistortion } from './compare/rate-distortion.ts'
import { seedControl } from './generate/sample-controls.ts'
import { imagePicker } from './image/image-picker.ts'

const IMAGES = 16

/** Two models side by side, at the same point, test image or seed. */
export function createCompare(app: AppContext): View {
  const sides: [Side, Side] = [
    createSide(app, z => app.set({ z: [...z] })),
    createSide(app, z => {
      const [a, b] = cards(app)
      if (a && b) app.set({ z: [...transferPoint(z, b, a)] })
    }),
  ]

  function content(a: Model, b: Model, cardA: Card, cardB: Card): TemplateResult {
    const { by } = app.state
    const pixels = by === 'image' ? sourceImage(app, cardA.dataset) : undefined
    const z = pointOf(app.state, cardA)
    return html`<div class="compare">
      <div class="bar">
        ${choices(
          'Compare at the same',
          [
            ['point', 'point'],
            ['image', 'image'],
            ['seed', 'seed'],
          ] as const,
          by,
          next => app.set({ by: next }),
        )}
        ${by === 'seed' ? seedBar(app) : nothing}
        <p class="hint">${HINTS[by]}</p>
      </div>
      ${by === 'image' ? html`<div class="shared">${imagePicker(app, cardA, ready(a.latents()), pixels)}</div>` : nothing}
      ${sides[0].render(a, cardA, shared(app, a, cardA, z))}
      ${sides[1].render(b, cardB, shared(app, b, cardB, transferPoint(z, cardA, cardB)))}
      <section class="metrics" aria-label="The two in numbers">${metricsTable([cardA, cardB])}
        <div class="beside">${rateDistortion(app, [cardA, cardB])} ${explanations()}</div>
      </section>
    </div>`
  }

  return {
    render() {
      const [a, b] = [app.model(), otherModel(app)]
      const [cardA, cardB] = cards(app)
      return html`${heading(app, 'Compare two models', 'Move the point of one model, and the point of the other follows. First try: drag the ring in either plane.', modelPicker(app, 'other', b?.id, 'Second model'))}
      ${loadingPlaceholder(app) ?? (a && b && cardA && cardB ? content(a, b, cardA, cardB) : waiting(b))}`
    },
  }
}

const HINTS = {
  point:
    'Both points are the same number of standard deviations from the prior’s mean; for a plain AE, from the ' +
    'mean of the latents of its images.',
  image: 'One test image: where each model encodes it, and what it decodes from there.',
  seed: 'Samples that each model draws from the same random numbers.',
}

/**
 * The other model: the state's; or else the first model that is not the chosen one, of the same data set if possible.
 */
function otherModel(app: AppContext): Model | undefined {
  const list = (ready(app.catalog.list) ?? []).filter(one => one.available)
  const chosen = list.find(one => one.id === app.model()?.id)
  const others = list.filter(one => one !== chosen)
  const second = others.find(one => one.dataset === chosen?.dataset) ?? others[0] ?? chosen
  const id = app.state.other || second?.id
  return id ? app.catalog.model(id) : undefined
}

function cards(app: AppContext): [Card | undefined, Card | undefined] {
  return [ready(app.model()?.card), ready(otherModel(app)?.card)]
}

function waiting(other: Model | undefined): TemplateResult | typeof nothing {
  if (other?.card.state.status !== 'failed') return nothing
  return html`<p class="empty" role="alert">${other.card.state.message}</p>`
}

/** Mean and standard deviation, in each dimension, of the prior or, for an AE, of the test images' latents. */
function momentsOf(card: Card): { mean: number[]; sd: number[] } {
  const { whole } = card.latent
  return card.architecture.kind === 'vae'
    ? { mean: card.prior.mean, sd: card.prior.variance.map(Math.sqrt) }
    : { mean: whole.mean, sd: whole.covariance.map((row, k) => Math.sqrt(row[k])) }
}

/**
 * The point of model `to` that has the same distance from the middle, in standard deviations, as a point of model
 * `from`. Dimensions that `from` does not have are at the middle.
 */
function transferPoint(z: Float32Array, from: Card, to: Card): Float32Array {
  const [a, b] = [momentsOf(from), momentsOf(to)]
  return Float32Array.from(b.mean, (mean, k) =>
    k < z.length ? mean + ((z[k] - a.mean[k]) / a.sd[k]) * b.sd[k] : mean,
  )
}

function shared(app: AppContext, model: Model, card: Card, z: Float32Array): SideContent {
  const { by, seed, x } = app.state
  if (by === 'seed') {
    const full = ready(model.fullCard())
    return { points: full && drawSamples(full, { n: IMAGES, seed }), place: z, pixels: undefined }
  }
  if (by === 'point') {
    return { points: withClass(card, z, classOf(app.state, card)), place: z, pixels: undefined }
  }
  const [latents, index] = [ready(model.latents()), testIndex(x)]
  const known = latents && index !== undefined && index < latents.images
  const mu = known ? meanOf(latents, index) : undefined
  const points = mu && known ? withClass(card, mu, latents.label?.[index] ?? 0) : undefined
  return { points, place: mu ?? z, pixels: sourceImage(app, card.dataset) }
}

function seedBar(app: AppContext): TemplateResult {
  return html`${seedControl(app)}
    <button @click=${() => app.set({ seed: Math.floor(Math.random() * 1e6) })}>Draw again</button>`
}

function explanations(): TemplateResult {
  return explanation(
    'What to look for',
    'Between the clusters, a VAE mostly decodes an intermediate image; a plain AE often decodes no recognisable ' +
      'image. A larger β keeps the latents closer to the prior and blurs the images; more dimensions or layers ' +
      'sharpen them. With two dimensions, images that overlap in the plane decode alike.',
    html`<p class="equation">−ELBO = reconstruction + β · KL</p>`,
  )
}

import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../models/card.ts'
import { drawSamples } from '../../models/latent/draws.ts'
import { type Model, meanOf } from '../catalog/catalog.ts'
import { ready } from '../catalog/resource.ts'
import { type AppContext, pointOf, type View } from '../lab/app-context.ts'
import { choices } from '../lab/controls.ts'
import { explanation, heading } from '../lab/heading.ts'
import { modelPicker } from '../lab/model-picker.ts'
import { classOf, withClass } from '../lab/points.ts'
import { sourceImage, testIndex } from '../lab/source-image.ts'
import { loadingPlaceholder } from '../lab/status.ts'
import { createSide, type Shared, type Side } from './compare/compare-side.ts'
import { metricsTable } from './compare/metrics-table.ts'
import { rateDistortion } from './compare/rate-distortion.ts'
import { seedControl } from './generate/sample-controls.ts'
import { imagePicker } from './image/image-picker.ts'

const IMAGES = 16

/** Two models in step: the same place, the same image or the same seed in both. */
export function createCompare(app: AppContext): View {
  const sides: [Side, Side] = [
    createSide(app, z => app.set({ z: [...z] })),
    createSide(app, z => {
      const [a, b] = cards(app)
      if (a && b) app.set({ z: [...carry(z, b, a)] })
    }),
  ]

  function content(a: Model, b: Model, cardA: Card, cardB: Card): TemplateResult {
    const { by } = app.state
    const pixels = by === 'image' ? sourceImage(app, cardA.dataset) : undefined
    const z = pointOf(app.state, cardA)
    return html`<div class="compare">
      <div class="bar">
        ${choices(
          'The same',
          [
            ['point', 'place'],
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
      ${sides[1].render(b, cardB, shared(app, b, cardB, carry(z, cardA, cardB)))}
      <section class="metrics" aria-label="The two in numbers">${metricsTable([cardA, cardB])}
        <div class="beside">${rateDistortion(app, [cardA, cardB])} ${explanations()}</div>
      </section>
    </div>`
  }

  return {
    render() {
      const [a, b] = [app.model(), otherModel(app)]
      const [cardA, cardB] = cards(app)
      return html`${heading(app, 'Set two models side by side', 'Move one and the other follows. What one has learnt and the other has not shows at once. First try: drag the ring in either plane.', modelPicker(app, 'other', b?.id, 'and'))}
      ${loadingPlaceholder(app) ?? (a && b && cardA && cardB ? content(a, b, cardA, cardB) : waiting(b))}`
    },
  }
}

const HINTS = {
  point:
    'The place is counted in standard deviations from the middle: of the prior, or of the images for a plain AE.',
  image: 'One test image, where each model puts it and what it makes of it.',
  seed: 'The same random numbers, turned into images by each model.',
}

/** The other model: the state's, or else the first that is not the one chosen, of the same data set if there is one. */
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

/** Middle and spread of where a model's images live, a dimension each. */
function spread(card: Card): { mean: number[]; sd: number[] } {
  const { whole } = card.latent
  return card.architecture.kind === 'vae'
    ? { mean: card.prior.mean, sd: card.prior.variance.map(Math.sqrt) }
    : { mean: whole.mean, sd: whole.covariance.map((row, k) => Math.sqrt(row[k])) }
}

/** The place in another model's space that a point corresponds to; dimensions it does not have are left out. */
function carry(z: Float32Array, from: Card, to: Card): Float32Array {
  const [a, b] = [spread(from), spread(to)]
  return Float32Array.from(b.mean, (mean, k) =>
    k < z.length ? mean + ((z[k] - a.mean[k]) / a.sd[k]) * b.sd[k] : mean,
  )
}

function shared(app: AppContext, model: Model, card: Card, z: Float32Array): Shared {
  const { by, seed, x } = app.state
  if (by === 'seed') {
    return { points: drawSamples(card, { n: IMAGES, seed }), place: z, pixels: undefined }
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
    'Between the clusters, a VAE draws something in between and a plain AE often nothing. A larger β tidies the space and blurs the images; more dimensions or layers sharpen them. Where images overlap in the plane, the model cannot tell them apart.',
    html`<p class="equation">−ELBO = reconstruction + β · KL</p>`,
  )
}

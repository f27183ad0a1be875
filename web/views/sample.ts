import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../models/card.ts'
import { sampleSource } from '../../models/first-view.ts'
import { drawSamples, pointSize } from '../../models/latent/draws.ts'
import { fixed } from '../../models/print-number.ts'
import type { Model, Network } from '../catalog/catalog.ts'
import { ready } from '../catalog/resource.ts'
import { type AppContext, createLatestRunner, decode, type View } from '../lab/app-context.ts'
import { saveSheet } from '../lab/download.ts'
import { explanation, heading } from '../lab/heading.ts'
import type { State } from '../lab/state/state.ts'
import { loadingPlaceholder, progress } from '../lab/status.ts'
import { createChangeTest } from '../plot/change-test.ts'
import { picture } from '../plot/picture.ts'
import { firstPicture } from './first-picture.ts'
import { createApiPreview, sampleQueryOf } from './generate/api-preview.ts'
import { createJudgeOpinion, type Opinion } from './generate/judge-opinion.ts'
import { createKeptImages } from './generate/kept-images.ts'
import { sampleControls } from './generate/sample-controls.ts'

/** Points that were drawn, and their decoded images. */
interface Sheet {
  /** [n, size of a point]. */
  points: Float32Array
  xhat: Float32Array
}

/** Sample: new images from points drawn from the density, the prior or a class, and a row of kept ones. */
export function createSample(app: AppContext): View {
  let sheet: Sheet | undefined
  const hasChanged = createChangeTest()
  const preview = createApiPreview(app)
  const judge = createJudgeOpinion(app)
  const kept = createKeptImages(app)
  const newest = createLatestRunner(() => {})

  function update(card: Card, decoder: Network): void {
    const { seed, n, from, temperature } = app.state
    if (!hasChanged(card.id, card.version, seed, n, from, temperature, app.engines.current)) return
    const points = drawPoints(card, app.state)
    newest(async () => {
      const outputs = await decode(app, decoder, points)
      sheet = { points, xhat: outputs.xhat }
      app.refresh()
      return outputs
    })
  }

  function content(model: Model, card: Card): TemplateResult {
    const decoder = ready(model.decoder())
    const full = ready(model.fullCard())
    if (decoder && full) update(full, decoder)
    const opinions = sheet && judge.of(card.dataset.name, sheet.xhat)
    return html`<div class="sample">
      ${sampleControls(app, card)}
      <section aria-label="Samples">
        ${progress('Fetching the density', model.fullCard().state, model.fullCard().retry)}
        ${progress('Fetching the decoder', model.decoder().state, model.decoder().retry)}
        <div class="sheet" style=${`--columns: ${Math.ceil(Math.sqrt(app.state.n))}`}>
          ${firstPicture(app, card, `${sampleQueryOf(app.state, card)}&scale=4`, sheet !== undefined)}
          ${tiles(app, card, sheet, opinions)}
        </div>
        <div class="actions">
          <button
            ?disabled=${!sheet}
            @click=${() => sheet && saveSheet(sheet.xhat, card.dataset, app.theme, `${card.id}-seed${app.state.seed}.png`)}
          >
            Download PNG
          </button>
          <p class="hint">Press an image to keep it. The same seed gives the same images, here and from the API.</p>
        </div>
      </section>
      <div class="sample-side">
        ${kept.render(card, decoder)} ${preview(card)} ${explanations(card)} ${priorFigures(card)}
        ${opinions ? verdict(app, card, opinions, judge.accuracy(card.dataset.name)) : nothing}
      </div>
    </div>`
  }

  return {
    title: () =>
      ready(app.model()?.card) ? titleOf(app.state, ready(app.model()?.card) as Card) : undefined,
    render() {
      const model = app.model()
      const card = ready(model?.card)
      return html`${heading(app, 'Draw new images', 'Draw random points from the region of the images’ latents, and decode them. First try: draw again, or choose a class.')}
      ${loadingPlaceholder(app) ?? (model && card ? content(model, card) : nothing)}`
    },
  }
}

function titleOf(state: State, card: Card): string {
  const source = sampleSource(state.from, card)
  const what = typeof source === 'number' ? `images of class ${card.dataset.classes[source]}` : 'new images'
  return `${state.n} ${what}, seed ${state.seed}`
}

/** The points of the state's sample, [n, size of a point]; the API draws the same, to the bit. */
function drawPoints(card: Card, state: State): Float32Array {
  const { n, seed, temperature } = state
  const source = sampleSource(state.from, card)
  if (typeof source === 'number') return drawSamples(card, { n, seed, temperature, class: source })
  return drawSamples(card, { n, seed, temperature, ...(source === 'prior' && { from: 'prior' as const }) })
}

function tiles(
  app: AppContext,
  card: Card,
  sheet: Sheet | undefined,
  opinions: readonly Opinion[] | undefined,
): TemplateResult[] {
  const area = card.dataset.width * card.dataset.height
  const size = pointSize(card)
  const d = card.architecture.latentDim
  return Array.from({ length: app.state.n }, (_, i) => {
    const there = sheet && sheet.xhat.length >= (i + 1) * area
    const point =
      there && Array.from(sheet.points.subarray(i * size, (i + 1) * size), v => Number(v.toFixed(4)))
    const at = point ? app.state.keep.findIndex(kept => kept.join() === point.join()) : -1
    const press = () => {
      if (!point) return
      const keep = at >= 0 ? app.state.keep.filter((_, k) => k !== at) : [...app.state.keep, point].slice(-24)
      app.set({ keep })
    }
    const opinion = there ? opinions?.[i] : undefined
    const place = point
      ? `, z = ${point
          .slice(0, Math.min(d, 4))
          .map(v => fixed(v, 2))
          .join(', ')}`
      : ''
    return html`<button class="tile" aria-pressed=${at >= 0 ? 'true' : 'false'} @click=${press}>
      <canvas
        role="img"
        aria-label=${`Sample ${i + 1}${place}`}
        ${picture(there ? sheet.xhat : undefined, card.dataset, app.theme, i * area)}
      ></canvas>
      ${opinion ? opinionTag(app, card, opinion) : nothing}
    </button>`
  })
}

/** The judge's classification, below an image; marked if it is not the class that was asked for. */
function opinionTag(app: AppContext, card: Card, opinion: Opinion): TemplateResult {
  const source = sampleSource(app.state.from, card)
  const wrong = typeof source === 'number' && source !== opinion.class
  const unsure = opinion.probability < 0.9
  const percent = `${Math.floor(100 * opinion.probability)}%`
  return html`<span class=${wrong ? 'opinion wrong' : 'opinion'} title="The class that the judge sees">
    ${wrong ? '≠ ' : ''}${card.dataset.classes[opinion.class]}${unsure ? html` <small>${percent}</small>` : nothing}
  </span>`
}

/** The judge's classifications of all images, as a sentence. */
function verdict(
  app: AppContext,
  card: Card,
  opinions: readonly Opinion[],
  accuracy: number | undefined,
): TemplateResult {
  const source = sampleSource(app.state.from, card)
  const right = opinions.filter(({ class: read }) => read === source).length
  const sure = opinions.filter(({ probability }) => probability > 0.9).length
  const name = typeof source === 'number' ? card.dataset.classes[source] : ''
  const what =
    typeof source === 'number'
      ? `classifies ${right} of the ${opinions.length} as ${name}`
      : `is over 90% confident of ${sure} of the ${opinions.length}`
  return html`<section aria-label="The judge">
    <h2>The judge</h2>
    <p class="hint">
      The judge is a classifier that was not used to train any model. It ${what}.
      ${accuracy === undefined ? nothing : html`It classifies ${(100 * accuracy).toFixed(2)}% of the test images correctly.`}
    </p>
  </section>`
}

/** How much of the prior lies where no image has its latents: it explains the strange ones among the samples. */
function priorFigures({ aggregatePosterior }: Card): TemplateResult | typeof nothing {
  if (!aggregatePosterior) return nothing
  const { images, klToPrior, priorOutside, heldOutOutside } = aggregatePosterior
  const percent = (share: number) => `${(100 * share).toFixed(0)}%`
  const fits = percent(priorOutside) === percent(heldOutOutside) || priorOutside < heldOutOutside
  return html`<section class="lesson" aria-label="The prior and the images">
    <h2>How well the prior fits the images</h2>
    <p>
      ${percent(priorOutside)} of the draws from the prior land where there are no latents of training images;
      ${fits ? '' : 'only '}${percent(heldOutOutside)} of the latents of images kept out of training do.
      ${fits ? 'So draws from the prior land where images do.' : 'The decoder was not trained there.'}
    </p>
    <details>
      <summary>How this was measured</summary>
      <p>
        The latents of all images together are the aggregate posterior, q(z) = 1/n Σ q(z|x). Its KL divergence to the
        prior, over ${images.toLocaleString('en')} training images, is ${klToPrior.toFixed(1)} nats; 0 would be a perfect
        fit. A draw counts as outside if it is in none of the balls around draws from q(z), each of which reaches to the third
        nearest neighbour of its centre.
      </p>
    </details>
  </section>`
}

function explanations(card: Card): TemplateResult {
  if (card.density !== undefined) {
    return explanation(
      'Where images are drawn from',
      'After training, a mixture of Gaussians was fitted to the latents of each class’s training images. A draw from it lands among them; a draw from the prior may not.',
      html`<p class="equation">k ~ weights, &emsp; z = mean<sub>k</sub> + T · L<sub>k</sub> · ε, &emsp; ε ~ 𝒩(0, I), &emsp; x̂ = decoder(z)</p>`,
    )
  }
  return explanation(
    card.architecture.kind === 'vae' ? 'Why random points can work' : 'Where random points land',
    card.architecture.kind === 'vae'
      ? 'Training pulled the latents of images towards the prior, so that a draw from the prior can land among them. A low temperature stays close to the mean and gives typical images; a high one gives more unusual ones.'
      : 'This model is a plain autoencoder: its latents do not follow the prior, so a draw from the prior may land far from all images. Draw by class, where the images are, or compare with a VAE.',
    html`<p class="equation">z = mean + T · √variance · ε, &emsp; ε ~ 𝒩(0, I), &emsp; x̂ = decoder(z)</p>`,
  )
}

import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { drawPrior } from '../../../models/latent/draws.ts'
import { gridPoints } from '../../../models/latent/paths.ts'
import { short } from '../../../models/print-number.ts'
import { ready } from '../../catalog/resource.ts'
import type { State } from '../../lab/state/state.ts'
import { subscript } from '../../plot/plane/projection.ts'
import { createDecoding } from '../decoding.ts'
import { identify, titleOfId } from '../model-labels.ts'
import { cellAt, go, type Panel, type PanelOptions, panelTitle } from './panel.ts'
import { sheet } from './sheet-canvas.ts'

/** Images along each side of a sheet. */
export const SIDE = 10
/** How far the grid reaches to either side of the prior's mean, in its standard deviations. */
export const RANGE = 3

/** Decoded points of a grid around the prior's mean. */
export function createGrid(options: PanelOptions): Panel {
  const { app, id, title } = options
  return createSheet(options, 'grid', {
    key: () => 'grid',
    points: card => gridPoints(card.prior, { size: SIDE, range: RANGE }),
    around: ticks,
    below: () => nothing,
    label: `A grid of images that ${titleOfId(id)} decodes, ${SIDE} by ${SIDE}, over ±${RANGE} deviations of the prior around its mean`,
    title: () => panelTitle(app, title, { ...explore(id), grid: true }),
  })
}

/** Decoded draws from the prior: 100, or one enlarged face. @param seed of the draws */
export function createSamples(options: PanelOptions, seed: () => number): Panel {
  const { app, id, title } = options
  const isVae = identify(id)?.kind === 'vae'
  return createSheet(options, 'samples', {
    key: () => String(seed()),
    points: card => drawPrior(card.prior, countOf(card), seed()),
    around: () => nothing,
    // There from the start, so that nothing moves when the model has come.
    below: card => (isVae ? html`<p class="reading">${card ? priorFit(card) : nothing}</p>` : nothing),
    label: `Images that ${titleOfId(id)} decodes from draws of the prior`,
    title: () => {
      const n = id.startsWith('frey') ? 1 : SIDE * SIDE
      return panelTitle(app, title, {
        view: 'sample',
        model: id,
        n,
        seed: seed(),
        from: 'prior',
        temperature: 1,
        keep: [],
      })
    },
  })
}

/** FreyFace shows one image, as in the paper. */
function countOf(card: Card): number {
  return card.dataset.name === 'freyface' ? 1 : SIDE * SIDE
}

interface Content {
  /** Changes when the points do. */
  key(): string
  points(card: Card): Float32Array
  around(card: Card): TemplateResult | typeof nothing
  /** @param card undefined until it has come */
  below(card: Card | undefined): TemplateResult | typeof nothing
  label: string
  title(): TemplateResult
}

function createSheet({ app, shared, id }: PanelOptions, kind: string, content: Content): Panel {
  const decoded = createDecoding(app, shared.queue)
  let done = false

  function image(card: Card, pixels: Float32Array | undefined): TemplateResult {
    const { width, height } = card.dataset
    const columns = pixels?.length === width * height ? 1 : SIDE
    const pick = (event: PointerEvent) => {
      const z = content.points(card)
      const cell = cellAt(event, columns, Math.ceil(z.length / card.architecture.latentDim / columns))
      const d = card.architecture.latentDim
      go(app, { ...explore(id), z: Array.from(z.subarray(cell * d, (cell + 1) * d)) })
    }
    return html`<canvas
        class=${columns === 1 ? 'sheet-canvas single' : 'sheet-canvas'}
        role="img"
        aria-label=${content.label}
        @click=${pick}
        ${sheet(pixels, card.dataset, app.theme, columns)}
      ></canvas>
      ${content.around(card)}`
  }

  return {
    needs: () => [app.catalog.model(id).card, app.catalog.model(id).decoder()],
    drawn: () => done,
    render(near) {
      const model = near ? app.catalog.model(id) : undefined
      const [card, decoder] = [ready(model?.card), model && ready(model.decoder())]
      const { pixels, current } = decoded(card && decoder, content.key(), () => content.points(card as Card))
      done = current
      return html`<div class="panel" data-panel=${kind} data-model=${id}>
        ${content.title()}
        <div class="square">${card && pixels ? image(card, pixels) : nothing}</div>
        ${content.below(card)}
      </div>`
    },
  }
}

/** How far a VAE's prior is from its aggregate posterior: it explains the strange ones among the draws. */
function priorFit({ aggregatePosterior }: Card): string {
  if (!aggregatePosterior) return ''
  const { priorOutside, klToPrior } = aggregatePosterior
  const share = `${(100 * priorOutside).toFixed(0)}% of draws`
  return `${share} land where no image has its latents. KL(q(z) ∥ p(z)) = ${klToPrior.toFixed(2)} nats.`
}

function explore(model: string): Partial<State> {
  return { view: 'explore', model, z: [], hide: [], axes: '0,1', grid: false }
}

/** The values of z at the ends and the middle of the grid's sides, next to the images that have them. */
function ticks({ prior }: Card): TemplateResult {
  const places = [-RANGE, 0, RANGE].map(t => ({ t, at: ((t / RANGE + 1) / 2) * (1 - 1 / SIDE) + 0.5 / SIDE }))
  const value = (axis: number, t: number) => prior.mean[axis] + t * Math.sqrt(prior.variance[axis])
  return html`<div class="ticks" aria-hidden="true">
    ${places.map(
      ({ t, at }) => html`<span class="across" style=${`--at: ${at}`}>${short(value(0, t), 1)}</span>
        <span class="up" style=${`--at: ${1 - at}`}>${short(value(1, t), 1)}</span>`,
    )}
    <i class="across" style="--at: 0.725">z${subscript(1)}</i>
    <i class="up" style="--at: 0.275">z${subscript(2)}</i>
  </div>`
}

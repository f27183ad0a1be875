import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { testIndex } from '../../../models/images/image-code.ts'
import { cardTitle } from '../../../models/model-title.ts'
import { fixed } from '../../../models/print-number.ts'
import type { Model } from '../../catalog/catalog.ts'
import { ready } from '../../catalog/resource.ts'
import { hasTestImage } from '../../catalog/test-images.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { explanation } from '../../lab/heading.ts'
import { summary } from '../../lab/model-picker.ts'
import { progress } from '../../lab/status.ts'
import { picture } from '../../plot/picture.ts'
import { createPlane } from '../../plot/plane/plane.ts'
import { project, projectionOf } from '../../plot/plane/projection.ts'
import type { Theme } from '../../plot/theme.ts'
import { modelContent } from '../model-on-plane.ts'
import { DRAWS, posteriorOn, type Reading, readImage, readMean } from './read-image.ts'

/** Shows what one model makes of an image. */
export interface Reader {
  /** @param pixels the image; undefined while it is loading, and if the page does not have it */
  render(pixels: Float32Array | undefined): TemplateResult
}

/** @param encodes whether test images are encoded in the page; if not, their means come from the encoded test set */
export function createReader(app: AppContext, model: Model, encodes: () => boolean): Reader {
  let reading: Reading | undefined
  let requested = ''
  const plane = createPlane({})

  /** Whether the image is still loading. It comes before the networks, which are far larger. */
  function isWaiting(card: Card, pixels: Float32Array | undefined): boolean {
    const index = testIndex(app.state.x)
    return index !== undefined && hasTestImage(card.dataset.name, index) && !pixels
  }

  function update(card: Card, pixels: Float32Array | undefined): void {
    const index = testIndex(app.state.x)
    const encode = pixels?.length === card.architecture.inputDim && (index === undefined || encodes())
    const key = `${app.state.x} ${app.state.seed} ${app.engines.current} ${encode} ${pixels !== undefined}`
    if (key === requested || isWaiting(card, pixels) || (!encode && index === undefined)) return
    requested = key
    const work = encode
      ? readImage(app, model, card, pixels, app.state.seed)
      : readMean(app, model, card, index as number, pixels)
    work.then(
      result => {
        if (requested === key) reading = result
        app.refresh()
      },
      () => {
        requested = ''
        reading = undefined
      },
    )
  }

  function showPlane(card: Card, shown: Reading): void {
    const projection = projectionOf('', card)
    const posterior = posteriorOn(projection, shown)
    plane.show({
      ...modelContent(app, model, card, projection),
      hidden: NONE,
      names: [],
      z: shown.mu,
      point: !posterior,
      marginals: false,
      posteriors: posterior ? [posterior] : [],
      draws: project(projection, shown.z),
      label: `Where ${cardTitle(card)} puts the image`,
    })
  }

  return {
    render(pixels) {
      const card = ready(model.card)
      if (!card) return html`<article class="reader skeleton"><span>Fetching a model…</span></article>`
      update(card, pixels)
      if (reading) showPlane(card, reading)
      return html`<article class="reader" aria-label=${cardTitle(card)}>
        <header>
          <h3>${cardTitle(card)}</h3>
          <p class="hint">${summary(card)}</p>
        </header>
        ${images(app.theme, card, reading, plane.element)}
        ${pixels && (encodes() || testIndex(app.state.x) === undefined) ? progress('Fetching the encoder', model.encoder().state, model.encoder().retry) : nothing}
        ${isWaiting(card, pixels) ? nothing : progress('Fetching the decoder', model.decoder().state, model.decoder().retry)}
        ${reading ? figures(card, reading) : nothing}
      </article>`
    },
  }
}

const NONE: ReadonlySet<number> = new Set()

/** The reconstruction from the mean, those from draws of the posterior, and the plane. */
function images(theme: Theme, card: Card, reading: Reading | undefined, plane: Element): TemplateResult {
  const draw = (i: number) =>
    html`<canvas
      role="img"
      aria-label=${`Draw ${i + 1} from the posterior`}
      ${picture(reading?.drawn, card.dataset, theme, i * card.architecture.inputDim)}
    ></canvas>`
  const hasDraws = card.architecture.kind === 'vae' && reading !== undefined && reading.drawn.length > 0
  return html`<div class="images">
    <figure>
      <canvas role="img" aria-label="Reconstruction" ${picture(reading?.xhat, card.dataset, theme)}></canvas>
      <figcaption class="hint">from the mean</figcaption>
    </figure>
    ${
      hasDraws
        ? html`<figure>
            <div class="draws">${Array.from({ length: DRAWS }, (_, i) => draw(i))}</div>
            <figcaption class="hint">from draws of the posterior</figcaption>
          </figure>`
        : nothing
    }
    <div class="mini">${reading ? plane : nothing}</div>
  </div>`
}

function figures(card: Card, r: Reading): TemplateResult | typeof nothing {
  if (!r.losses) return nothing
  const { bce, mse, l1 } = r.losses
  const rows: [string, string, string][] = [
    ['BCE', bce.toFixed(4), 'nats per pixel'],
    ['MSE', mse.toFixed(4), 'squared intensity per pixel'],
    ['L1', l1.toFixed(4), 'intensity per pixel'],
  ]
  if (r.kl !== undefined) {
    rows.push(['KL', r.kl.toFixed(2), 'nats'])
    rows.push(['BCE + KL', fixed(bce * card.architecture.inputDim + r.kl, 1), 'nats, decoded from the mean'])
  }
  return html`<dl class="figures">
    ${rows.map(([name, value, unit]) => html`<div><dt>${name}</dt><dd>${value} <span>${unit}</span></dd></div>`)}
  </dl>`
}

/** Explains what the view shows. */
export function reconstructionExplanation(): TemplateResult {
  return explanation(
    'What is lost',
    'A few numbers cannot hold all of an image. A model keeps what most images differ by and fills in what most have in common: compare models of two and of eight dimensions, shallow ones and deep ones. The ellipse is the posterior that a VAE encodes the image to; each small picture is decoded from a draw of it.',
    html`<p class="equation">q(z|x) = 𝒩(mu, diag(exp(logvar))), &emsp; z = mu + exp(logvar / 2) · ε</p>`,
  )
}

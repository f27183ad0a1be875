import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { losses } from '../../../models/losses.ts'
import { cardTitle } from '../../../models/model-title.ts'
import type { Model } from '../../catalog/catalog.ts'
import { ready } from '../../catalog/resource.ts'
import { type AppContext, createLatestRunner, decode } from '../../lab/app-context.ts'
import { summary } from '../../lab/model-picker.ts'
import { latentsOf } from '../../lab/points.ts'
import { progress } from '../../lab/status.ts'
import { createChangeTest } from '../../plot/change-test.ts'
import { picture } from '../../plot/picture.ts'
import { createPlane } from '../../plot/plane/plane.ts'
import { project, projectionOf } from '../../plot/plane/projection.ts'
import { modelContent } from '../model-on-plane.ts'

/** What one side of a comparison is given to show. */
export interface SideContent {
  /** Points to decode, [n, size of a point]; undefined until they are known. */
  points: Float32Array | undefined
  /** The point that the ring marks, [D_z]. */
  place: Float32Array
  /** The image that the point encodes, if there is one: losses are measured against it. */
  pixels: Float32Array | undefined
}

/** One of the two sides: a model's plane, images and losses. */
export interface Side {
  render(model: Model, card: Card, shared: SideContent): TemplateResult
}

/** @param move called with a point to which the visitor moved this side's ring */
export function createSide(app: AppContext, move: (z: Float32Array) => void): Side {
  let xhat: Float32Array | undefined
  const hasChanged = createChangeTest()
  const newest = createLatestRunner(outputs => {
    xhat = outputs.xhat
    app.refresh()
  })
  const plane = createPlane({ move: z => app.state.by === 'point' && move(z) })

  function update(model: Model, points: Float32Array): void {
    const decoder = ready(model.decoder())
    if (!decoder || !hasChanged(model.id, app.engines.current, points.join())) return
    newest(() => decode(app, decoder, points))
  }

  function showPlane(model: Model, card: Card, { points, place }: SideContent): void {
    const projection = projectionOf('', card)
    const several = app.state.by === 'seed'
    plane.show({
      ...modelContent(app, model, card, projection),
      z: place,
      point: !several,
      draws: several && points ? project(projection, latentsOf(card, points)) : undefined,
      marginals: false,
      label: `Latent plane of ${cardTitle(card)}. ${app.state.by === 'point' ? 'Arrow keys move the point in both models.' : ''}`,
    })
  }

  return {
    render(model, card, shared) {
      if (shared.points) update(model, shared.points)
      showPlane(model, card, shared)
      const area = card.architecture.inputDim
      const n = (xhat?.length ?? area) / area
      return html`<section class="side" aria-label=${cardTitle(card)}>
        <header>
          <h2>${cardTitle(card)}</h2>
          <p class="hint">${summary(card)}</p>
        </header>
        <div class="plane-box">${plane.element}</div>
        <div class="side-images">
          <div class="sheet" style=${`--columns: ${Math.ceil(Math.sqrt(n))}`}>
          ${Array.from(
            { length: n },
            (_, i) => html`<canvas
              role="img"
              aria-label=${`Image decoded by ${cardTitle(card)}`}
              ${picture(xhat, card.dataset, app.theme, i * area)}
            ></canvas>`,
          )}
          </div>
          ${app.state.by === 'seed' ? progress('Fetching the density', model.fullCard().state, model.fullCard().retry) : nothing}
          ${progress('Fetching the decoder', model.decoder().state, model.decoder().retry)}
          ${shared.pixels && xhat?.length === shared.pixels.length ? lossTable(shared.pixels, xhat) : nothing}
        </div>
      </section>`
    },
  }
}

function lossTable(x: Float32Array, xhat: Float32Array): TemplateResult {
  const { bce, mse, l1 } = losses(x, xhat)
  const rows = [
    ['BCE', bce],
    ['MSE', mse],
    ['L1', l1],
  ] as const
  return html`<dl class="figures">
    ${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value.toFixed(4)}</dd></div>`)}
  </dl>`
}

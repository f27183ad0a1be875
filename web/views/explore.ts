import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../models/card.ts'
import type { Model } from '../catalog/catalog.ts'
import { ready } from '../catalog/resource.ts'
import { type AppContext, pointOf, type View } from '../lab/app-context.ts'
import { toggle } from '../lab/controls.ts'
import { heading } from '../lab/heading.ts'
import { legend } from '../lab/legend.ts'
import { isConditional } from '../lab/points.ts'
import { loadingPlaceholder, progress } from '../lab/status.ts'
import { projectionOf } from '../plot/plane/projection.ts'
import { cardFacts } from './explore/card-facts.ts'
import { createDecodedPoint } from './explore/decoded-point.ts'
import { dimensionsTable } from './explore/dimensions-table.ts'
import { createExplorePlane } from './explore/explore-plane.ts'
import { createNearestImages } from './explore/nearest-images.ts'
import { createOwnPointLoader } from './explore/own-point-loader.ts'
import { axesControl, explanations, planeTable, pointControls } from './explore/point.ts'
import { createSelection } from './explore/selection.ts'
import { createTestPictures } from './explore/test-picture.ts'

/** Explore: the latent plane with the encoded test images, a point to move, and the image that it decodes to. */
export function createExplore(app: AppContext): View {
  const own = createOwnPointLoader(app)
  const selection = createSelection(app)
  const nearest = createNearestImages(app)
  const decoded = createDecodedPoint(app)
  const pictures = createTestPictures(app)
  const plane = createExplorePlane(app, own, selection)

  function content(model: Model, card: Card): TemplateResult {
    const z = pointOf(app.state, card)
    const projection = projectionOf(app.state.axes, card)
    const latents = ready(model.latents())
    const image = decoded.render(model, card, z)
    const imageOf = pictures(model, card)
    return html`<div class="explore">
      <section class="plane-side" aria-label="Latent plane">
        ${plane.render(model, card, projection, z, imageOf)}
        <div class="plane-foot">
          ${legend(app, model)}
          <div class="options">
            ${axesControl(app, card)}
            ${toggle('Grid of decoded points', app.state.grid, grid => app.set({ grid }))}
          </div>
          ${own.render(model, card)} ${selection.render(card, latents, projection, z, imageOf)}
          ${nearest.render(card, latents, z, decoded.xhat, imageOf)} ${planeTable(card)} ${dimensionsTable(card)}
          ${cardFacts(card)}
          ${progress('Fetching the encoded test set', model.latents().state, model.latents().retry)}
        </div>
      </section>
      <section class="point-side" aria-label="The point and its image">${image} ${pointControls(app, card, z)}</section>
      <section class="lessons" aria-label="What this shows">${explanations(card)}</section>
    </div>`
  }

  return {
    close: own.close,
    render() {
      const waiting = loadingPlaceholder(app)
      const model = app.model()
      const card = ready(model?.card)
      return html`
        ${heading(app, 'Explore a latent space', `Every point of this plane is an image. Drag the ring, or move it with the arrow keys, and see what the model decodes between the images it has seen. First try: ${firstTry(card)}.`)}
        ${waiting ?? (model && card ? content(model, card) : nothing)}
      `
    },
  }
}

/**
 * A suggestion for a first step. The classes of a conditional model overlap on the plane; without classes all dots look
 * alike.
 */
function firstTry(card: Card | undefined): string {
  if (card?.dataset.classes.length === 0) return 'drag it from one side of the dots to the other'
  return card && isConditional(card)
    ? 'choose another class: the handwriting stays'
    : 'drag it from one colour to another'
}

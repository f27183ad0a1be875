import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../models/card.ts'
import { pointQuery } from '../../models/first-view.ts'
import type { Model, Network } from '../catalog/catalog.ts'
import { cardTitle } from '../catalog/model-title.ts'
import { ready } from '../catalog/resource.ts'
import { type AppContext, decode, latest, pointOf, type View } from '../lab/app-context.ts'
import { toggle } from '../lab/controls.ts'
import { heading } from '../lab/heading.ts'
import { legend } from '../lab/legend.ts'
import { classOf, isConditional, withClass } from '../lab/points.ts'
import { progress, waitFor } from '../lab/status.ts'
import { picture } from '../plot/picture.ts'
import { createPlane } from '../plot/plane.ts'
import type { Hovered } from '../plot/plane-content.ts'
import { type Projection, project, projectionOf } from '../plot/projection.ts'
import { cardFacts } from './card-facts.ts'
import { dimensionsTable } from './dimensions-table.ts'
import { firstPicture } from './first-picture.ts'
import { modelOnPlane } from './model-on-plane.ts'
import { createNearestImages } from './nearest-images.ts'
import { createOwnPointLoader } from './own-point-loader.ts'
import { createTiles } from './plane-tiles.ts'
import { axesControl, lessons, neighbours, planeTable, pointControls } from './point.ts'
import { createSelection } from './selection.ts'
import { tooltip } from './tooltip.ts'

/** The latent plane with the encoded test set, a point to move, and what the point decodes to. */
export function createExplore(app: AppContext): View {
  let xhat: Float32Array | undefined
  let asked: { network: Network; z: string; engine: string } | undefined
  let hovered: Hovered | undefined
  const tilesOver = createTiles(app)
  const own = createOwnPointLoader(app)
  const selection = createSelection(app)
  const nearest = createNearestImages(app)
  const newest = latest(outputs => {
    xhat = outputs.xhat
    app.refresh()
  })
  const plane = createPlane({
    move(z) {
      app.set({ z: [...z] })
      app.say(spoken(app.model(), z))
    },
    lasso: outline => selection.draw(outline),
    hover(index, x, y) {
      if (index === undefined && !hovered) return
      hovered = index === undefined ? undefined : { index, x, y }
      app.refresh()
    },
  })

  function update(network: Network, card: Card, z: Float32Array): void {
    const engine = app.engines.current
    const label = classOf(app.state, card)
    const now = `${z.join()} ${label}`
    if (asked?.network === network && asked.z === now && asked.engine === engine) return
    asked = { network, z: now, engine }
    newest(() => decode(app, network, withClass(card, z, label)))
  }

  function showPlane(model: Model, card: Card, projection: Projection, z: Float32Array): void {
    const decoder = ready(model.decoder())
    const mine = own.on(projection)
    const [u, v] = mine ? project(projection, mine.mu) : []
    plane.show({
      ...modelOnPlane(app, model, card, projection),
      ...(app.state.grid && { names: [] }),
      z,
      encircling: selection.active,
      lasso: selection.active ? selection.outline : undefined,
      posteriors: mine?.posterior ? [mine.posterior] : [],
      marks: u !== undefined && v !== undefined ? [{ text: '✎', at: [u, v] as const }] : [],
      marginals: true,
      tiles: decoder && app.state.grid ? tilesOver(decoder, card, projection, z, plane.frame()) : undefined,
      label: `Latent plane of ${model.id}. Arrow keys move the point, with Shift in larger steps.`,
    })
  }

  function content(model: Model, card: Card): TemplateResult {
    const z = pointOf(app.state, card)
    const decoder = ready(model.decoder())
    if (decoder) update(decoder, card, z)
    const projection = projectionOf(app.state.axes, card)
    showPlane(model, card, projection, z)
    return html`<div class="explore">
      <section class="plane-side" aria-label="Latent plane">
        <div class="plane-box">${plane.element} ${hovered ? tooltip(app, model, card, hovered) : nothing}</div>
        <div class="plane-foot">
          ${legend(app, model)}
          <div class="options">
            ${axesControl(app, card)}
            ${toggle('Grid of decoded points', app.state.grid, grid => app.set({ grid }))}
          </div>
          ${own.render(model, card)} ${selection.render(card, ready(model.latents()), projection, z)}
          ${nearest.render(card, ready(model.latents()), z, xhat)} ${planeTable(card)} ${dimensionsTable(card)} ${cardFacts(card)}
          ${progress('Fetching the encoded test set', model.latents().state, model.latents().retry)}
        </div>
      </section>
      <section class="point-side" aria-label="The point and its image">
        <figure class="decoded">
          ${firstPicture(app, card, pointQuery(card, z, classOf(app.state, card)), xhat !== undefined)}
          <canvas
            role="img"
            aria-label="What the decoder makes of this point"
            ${picture(xhat, card.dataset)}
          ></canvas>
          ${progress('Fetching the decoder', model.decoder().state, model.decoder().retry)}
          <figcaption>${neighbours(model, card, z)}</figcaption>
        </figure>
        ${pointControls(app, card, z)}
      </section>
      <section class="lessons" aria-label="What this shows">${lessons(card)}</section>
    </div>`
  }

  return {
    title() {
      const card = ready(app.model()?.card)
      return card && `The latent space of ${cardTitle(card)}`
    },
    close: own.close,
    render() {
      const waiting = waitFor(app)
      const model = app.model()
      const card = ready(model?.card)
      return html`
        ${heading(app, 'Explore a latent space', `Every point of this plane is an image. Drag the ring, or move it with the arrow keys, and watch what lies between the ones the model was shown. First try: ${firstTry(card)}.`)}
        ${waiting ?? (model && card ? content(model, card) : nothing)}
      `
    },
  }
}

function spoken(model: Model | undefined, z: Float32Array): string {
  const card = ready(model?.card)
  const point = Array.from(z, (value, k) => `z${k + 1} ${value.toFixed(2)}`).join(', ')
  return model && card ? `${point}. ${neighbours(model, card, z)}` : point
}

/** What to do first: the classes of a conditional model lie on one another, and without classes all dots are alike. */
function firstTry(card: Card | undefined): string {
  if (card?.dataset.classes.length === 0) return 'drag it from one side of the dots to the other'
  return card && isConditional(card)
    ? 'press another class: the hand stays'
    : 'drag it from one colour to another'
}

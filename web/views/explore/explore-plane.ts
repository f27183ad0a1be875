import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { cardTitle } from '../../../models/model-title.ts'
import { fixed } from '../../../models/print-number.ts'
import type { Model } from '../../catalog/catalog.ts'
import { ready } from '../../catalog/resource.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { createPlane } from '../../plot/plane/plane.ts'
import type { Hovered } from '../../plot/plane/plane-content.ts'
import { type Projection, project } from '../../plot/plane/projection.ts'
import { modelContent } from '../model-on-plane.ts'
import type { OwnPoint } from './own-point.ts'
import { createTiles } from './plane-tiles.ts'
import { describeSurroundings } from './point.ts'
import type { Selection } from './selection.ts'
import type { TestPicture } from './test-picture.ts'
import { tooltip } from './tooltip.ts'

/** The latent plane of Explore, with a point to move and a tooltip with the test image under the pointer. */
export interface ExplorePlane {
  render(
    model: Model,
    card: Card,
    projection: Projection,
    z: Float32Array,
    imageOf: TestPicture,
  ): TemplateResult
}

/**
 * @param own the position of the visitor's own image on the plane
 * @param selection takes the line that a drag draws while it is active
 */
export function createExplorePlane(
  app: AppContext,
  own: Pick<OwnPoint, 'on'>,
  selection: Selection,
): ExplorePlane {
  let hovered: Hovered | undefined
  const tilesOver = createTiles(app)
  const plane = createPlane({
    move(z) {
      app.set({ z: [...z] })
      app.say(describePoint(app.model(), z))
    },
    lasso: outline => selection.draw(outline),
    hover(index, x, y) {
      if (index === undefined && !hovered) return
      hovered = index === undefined ? undefined : { index, x, y }
      app.refresh()
    },
  })

  function show(model: Model, card: Card, projection: Projection, z: Float32Array): void {
    const decoder = ready(model.decoder())
    const ownPosition = own.on(projection)
    const [u, v] = ownPosition ? project(projection, ownPosition.mu) : []
    plane.show({
      ...modelContent(app, model, card, projection),
      ...(app.state.grid && { names: [] }),
      z,
      encircling: selection.active,
      lasso: selection.active ? selection.outline : undefined,
      posteriors: ownPosition?.posterior ? [ownPosition.posterior] : [],
      marks: u !== undefined && v !== undefined ? [{ text: '✎', at: [u, v] as const }] : [],
      marginals: true,
      tiles: decoder && app.state.grid ? tilesOver(decoder, card, projection, z, plane.frame()) : undefined,
      label: `Latent plane of ${cardTitle(card)}. Arrow keys move the point, with Shift in larger steps.`,
    })
  }

  return {
    render(model, card, projection, z, imageOf) {
      show(model, card, projection, z)
      return html`<div class="plane-box">
        ${plane.element} ${hovered ? tooltip(app, model, card, hovered, imageOf) : nothing}
      </div>`
    },
  }
}

/** A point's description for screen readers. */
function describePoint(model: Model | undefined, z: Float32Array): string {
  const card = ready(model?.card)
  const point = Array.from(z, (value, k) => `z${k + 1} ${fixed(value, 2)}`).join(', ')
  return model && card ? `${point}. ${describeSurroundings(model, card, z)}` : point
}

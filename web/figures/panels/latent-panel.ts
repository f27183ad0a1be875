import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { type Latents, meanOf } from '../../../models/latent/encoded-set.ts'
import { fixed } from '../../../models/print-number.ts'
import type { Model } from '../../catalog/catalog.ts'
import { ready } from '../../catalog/resource.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { createChangeTest } from '../../plot/change-test.ts'
import { picture } from '../../plot/picture.ts'
import { classNames } from '../../plot/plane/classes.ts'
import { createPlane, type Plane } from '../../plot/plane/plane.ts'
import type { Hovered } from '../../plot/plane/plane-content.ts'
import { projectGaussian, projectionOf } from '../../plot/plane/projection.ts'
import { createDecoding, type Decoding } from '../decoding.ts'
import { titleOfId } from '../model-labels.ts'
import { go, type Panel, type PanelOptions, panelTitle } from './panel.ts'

const NONE: ReadonlySet<number> = new Set()

/** The encoded test set in the plane, coloured by class. Hovering a point shows its image, a click opens it in Explore. */
export function createLatent({ app, shared, id, title, prior }: PanelOptions): Panel {
  let plane: Plane | undefined
  let hovered: Hovered | undefined
  const hasChanged = createChangeTest()
  const decoded = createDecoding(app, shared.queue)

  function hover(index: number | undefined, x: number, y: number): void {
    if (index === undefined && !hovered) return
    hovered = index === undefined ? undefined : { index, x, y }
    app.refresh()
  }
  /** Opens the image's point in Explore. A finger cannot hover: its first tap shows the image, a second tap opens it. */
  function pick(index: number | undefined, x: number, y: number, byTouch: boolean): void {
    const latents = ready(app.catalog.model(id).latents())
    if (byTouch && index !== hovered?.index) {
      hover(index, x, y)
      return
    }
    const chosen = hovered?.index ?? index
    if (chosen !== undefined && latents) {
      go(app, { ...explore(id), z: Array.from(meanOf(latents, chosen)) })
    }
  }

  function show(card: Card, latents: Latents): Plane {
    plane ??= createPlane({ hover, pick })
    if (!hasChanged(card, latents, app.theme)) return plane
    const projection = projectionOf('0,1', card)
    const { classes } = card.dataset
    const coloured = classes.length > 0 ? ', coloured by class' : ''
    plane.show({
      theme: app.theme,
      projection,
      latents,
      prior: prior || card.architecture.kind === 'vae' ? projectGaussian(projection, card.prior) : undefined,
      hidden: NONE,
      names: classes.every(name => name.length < 3) ? classNames(card, projection) : [],
      z: Float32Array.from(card.prior.mean),
      point: false,
      marginals: false,
      label: `${latents.images.toLocaleString('en')} test images in the latent plane of ${titleOfId(id)}${coloured}`,
    })
    return plane
  }

  return {
    needs: () => [app.catalog.model(id).card, app.catalog.model(id).latents()],
    drawn: () => plane !== undefined,
    render(near) {
      const model = near ? app.catalog.model(id) : undefined
      const [card, latents] = [ready(model?.card), model && ready(model.latents())]
      return html`<div class="panel" data-panel="latent" data-model=${id}>
        ${panelTitle(app, title, explore(id))}
        <div class="square">
          ${
            model && card && latents
              ? html`<div class="plane-box">
                  ${show(card, latents).element}
                  ${hovered ? tooltip(app, model, card, hovered, decoded, hovered.x > (plane?.element.clientWidth ?? 0) / 2) : nothing}
                </div>`
              : nothing
          }
        </div>
      </div>`
    },
  }
}

function explore(model: string) {
  return { view: 'explore', model, z: [], hide: [], axes: '0,1', grid: false } as const
}

/**
 * A tooltip with the test image, if the page has it, and what its mean decodes to. @param before whether it is to the
 * left of the point
 */
function tooltip(
  app: AppContext,
  model: Model,
  card: Card,
  { index, x, y }: Hovered,
  decoded: Decoding,
  before: boolean,
): TemplateResult {
  const latents = ready(model.latents()) as Latents
  const label = latents.label?.[index]
  const z = meanOf(latents, index)
  const { dataset } = card
  const original = app.testImages.image(dataset.name, index)
  const { pixels } = decoded(ready(model.decoder()), z.join(), () => z)
  return html`<div
    class=${before ? 'tooltip before' : 'tooltip'}
    style=${`--x: ${x}px; --y: ${y}px`}
    aria-hidden="true"
  >
    ${original ? html`<canvas ${picture(original, dataset, app.theme)}></canvas>` : nothing}
    <canvas ${picture(pixels, dataset, app.theme)}></canvas>
    <span>
      ${label === undefined ? nothing : html`<b>${dataset.classes[label]}</b>`} test image ${index}<br />
      (${Array.from(z, value => fixed(value, 2)).join(', ')})
    </span>
  </div>`
}

import { html, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { pointQuery } from '../../../models/first-view.ts'
import type { Model, Network } from '../../catalog/catalog.ts'
import { ready } from '../../catalog/resource.ts'
import { type AppContext, createLatestRunner, decode } from '../../lab/app-context.ts'
import { classOf, withClass } from '../../lab/points.ts'
import { progress } from '../../lab/status.ts'
import { picture } from '../../plot/picture.ts'
import { firstPicture } from '../first-picture.ts'
import { neighbours } from './point.ts'

/** The image that a point is decoded to. */
export interface DecodedPoint {
  /** The latest decoded image, [height · width]; undefined before the first. */
  readonly xhat: Float32Array | undefined
  /** Decodes the point if that has not been done, and shows the image and what lies around the point. */
  render(model: Model, card: Card, z: Float32Array): TemplateResult
}

/** Creates the picture of a point, with nothing decoded yet. */
export function createDecodedPoint(app: AppContext): DecodedPoint {
  let xhat: Float32Array | undefined
  let asked: { network: Network; point: string; engine: string } | undefined
  const newest = createLatestRunner(outputs => {
    xhat = outputs.xhat
    app.refresh()
  })

  function update(network: Network, card: Card, z: Float32Array): void {
    const engine = app.engines.current
    const label = classOf(app.state, card)
    const point = `${z.join()} ${label}`
    if (asked?.network === network && asked.point === point && asked.engine === engine) return
    asked = { network, point, engine }
    newest(() => decode(app, network, withClass(card, z, label)))
  }

  return {
    get xhat() {
      return xhat
    },
    render(model, card, z) {
      const decoder = ready(model.decoder())
      if (decoder) update(decoder, card, z)
      return html`<figure class="decoded">
        ${firstPicture(app, card, pointQuery(card, z, classOf(app.state, card)), xhat !== undefined)}
        <canvas role="img" aria-label="What the decoder makes of this point" ${picture(xhat, card.dataset, app.theme)}></canvas>
        ${progress('Fetching the decoder', model.decoder().state, model.decoder().retry)}
        <figcaption>${neighbours(model, card, z)}</figcaption>
      </figure>`
    },
  }
}

import { html, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { pointQuery } from '../../../models/first-view.ts'
import type { Model, Network } from '../../catalog/catalog.ts'
import { ready } from '../../catalog/resource.ts'
import { type AppContext, createLatestRunner, decode } from '../../lab/app-context.ts'
import { classOf, withClass } from '../../lab/points.ts'
import { progress } from '../../lab/status.ts'
import { createChangeTest } from '../../plot/change-test.ts'
import { picture } from '../../plot/picture.ts'
import { firstPicture } from '../first-picture.ts'
import { describeSurroundings } from './point.ts'

/** Shows the image that a point decodes to. */
export interface DecodedPoint {
  /** The latest decoded image, [height · width]; undefined before the first. */
  readonly xhat: Float32Array | undefined
  /** Decodes the point if it has changed, and shows the image and a sentence on what lies around the point. */
  render(model: Model, card: Card, z: Float32Array): TemplateResult
}

/** Creates the part of Explore that decodes the current point. */
export function createDecodedPoint(app: AppContext): DecodedPoint {
  let xhat: Float32Array | undefined
  const hasChanged = createChangeTest()
  const newest = createLatestRunner(outputs => {
    xhat = outputs.xhat
    app.refresh()
  })

  function update(network: Network, card: Card, z: Float32Array): void {
    const label = classOf(app.state, card)
    if (!hasChanged(network, z.join(), label, app.engines.current)) return
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
        <canvas role="img" aria-label="The image that this point decodes to" ${picture(xhat, card.dataset, app.theme)}></canvas>
        ${progress('Fetching the decoder', model.decoder().state, model.decoder().retry)}
        <figcaption>${describeSurroundings(model, card, z)}</figcaption>
      </figure>`
    },
  }
}

import { html, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { pointSize } from '../../../models/latent/draws.ts'
import type { Network } from '../../catalog/catalog.ts'
import { type AppContext, createLatestRunner, decode } from '../../lab/app-context.ts'
import { type State, writeState } from '../../lab/state/state.ts'
import { createChangeTest } from '../../plot/change-test.ts'
import { picture } from '../../plot/picture.ts'

/** The row of images that the visitor keeps; their points are in the page's address. */
export interface KeptImages {
  render(card: Card, decoder: Network | undefined): TemplateResult
}

/** Creates the row of kept images. */
export function createKeptImages(app: AppContext): KeptImages {
  let xhat: Float32Array | undefined
  const hasChanged = createChangeTest()
  const newest = createLatestRunner(() => {})

  function update(card: Card, decoder: Network, points: readonly (readonly number[])[]): void {
    if (!hasChanged(card.id, points.join(';'))) return
    newest(async () => {
      const outputs = points.length > 0 ? await decode(app, decoder, Float32Array.from(points.flat())) : {}
      xhat = outputs.xhat ?? new Float32Array()
      app.refresh()
      return outputs
    })
  }

  return {
    render(card, decoder) {
      const area = card.dataset.width * card.dataset.height
      const points = app.state.keep.filter(point => point.length === pointSize(card))
      if (decoder) update(card, decoder, points)
      const has = (i: number) => xhat !== undefined && xhat.length >= (i + 1) * area
      return html`<section class="shelf" aria-label="Kept images">
        <h2>Kept</h2>
        ${
          points.length === 0
            ? html`<p class="hint">Nothing yet. What you keep stays in this page’s address.</p>`
            : html`<div class="kept">
                ${points.map((point, i) => {
                  const state = inExplore(point, card)
                  return html`<a
                    class="tile"
                    href=${writeState({ ...app.state, ...state })}
                    @click=${(event: MouseEvent) => {
                      event.preventDefault()
                      app.set(state, 'push')
                    }}
                  >
                    <canvas
                      role="img"
                      aria-label=${`Kept image ${i + 1}: open it on the plane`}
                      ${picture(has(i) ? xhat : undefined, card.dataset, app.theme, i * area)}
                    ></canvas>
                  </a>`
                })}
              </div>
              <button @click=${() => app.set({ keep: [] })}>Clear</button>`
        }
      </section>`
    },
  }
}

/** The state that opens a point in Explore; of a conditional model's point, with the most probable class. */
function inExplore(point: readonly number[], { architecture }: Card): Partial<State> {
  const shares = point.slice(architecture.latentDim)
  const y = shares.length > 0 ? shares.indexOf(Math.max(...shares)) : 0
  return { view: 'explore', z: point.slice(0, architecture.latentDim), y }
}

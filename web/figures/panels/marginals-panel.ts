import { html, nothing } from 'lit'
import type { Card } from '../../../models/card.ts'
import type { Latents } from '../../../models/latent/encoded-set.ts'
import { ready } from '../../catalog/resource.ts'
import { fillOutlinedText } from '../../plot/outlined-text.ts'
import { subscript } from '../../plot/plane/projection.ts'
import type { Theme } from '../../plot/theme.ts'
import { histogram, normalDensity } from '../maths.ts'
import { titleOfId } from '../model-labels.ts'
import { atX, atY, type Box, drawAxes } from './axes.ts'
import { createFigureCanvas } from './figure-canvas.ts'
import { type Panel, type PanelOptions, panelTitle } from './panel.ts'

const BINS = 48
/** How far the histograms reach to either side of the prior's mean, in its standard deviations. */
const REACH = 4

/** A histogram of each of the first two latent dimensions over the test images, with the prior's density. */
export function createMarginals({ app, id, title }: PanelOptions): Panel {
  const canvas = createFigureCanvas()
  let done = false
  return {
    needs: () => [app.catalog.model(id).card, app.catalog.model(id).latents()],
    drawn: () => done,
    render(near) {
      const model = near ? app.catalog.model(id) : undefined
      const [card, latents] = [ready(model?.card), model && ready(model.latents())]
      if (card && latents) {
        done = true
        const label = `Histograms of the two latent dimensions of ${titleOfId(id)} over ${latents.images} test images, with the prior’s density over each`
        canvas.show(latents, label, app.theme, (g, width, height, theme) => {
          const both = [0, 1].map(axis => marginal(card, latents, axis))
          const top = 1.08 * Math.max(...both.flatMap(one => [...one.densities, one.prior(one.mean)]))
          for (const [axis, one] of both.entries()) {
            drawMarginal(g, boxOf(one, axis, top, width, height), one, axis, theme)
          }
        })
      }
      return html`<div class="panel" data-panel="marginals" data-model=${id}>
        ${panelTitle(app, title, { view: 'explore', model: id, z: [], hide: [], axes: '0,1', grid: false })}
        <div class="square">${done ? canvas.element : nothing}</div>
      </div>`
    },
  }
}

/** One latent dimension. */
interface Marginal {
  /** Of the prior. */
  mean: number
  span: readonly [number, number]
  /** Of the test images, in `BINS` equal bins over the span. */
  densities: Float64Array
  prior(value: number): number
}

function marginal({ prior }: Card, { mu, images }: Latents, axis: number): Marginal {
  const [mean, variance] = [prior.mean[axis], prior.variance[axis]]
  const reach = REACH * Math.sqrt(variance)
  const span = [mean - reach, mean + reach] as const
  return {
    mean,
    span,
    densities: histogram(mu, { d: mu.length / images, axis }, span, BINS),
    prior: value => normalDensity(value, mean, variance),
  }
}

/**
 * The box of a dimension's plot: the upper half of the square for the first, the lower for the second, on one scale.
 */
function boxOf({ span }: Marginal, axis: number, top: number, width: number, height: number): Box {
  const room = height / 2
  return {
    left: 34,
    top: axis * room + 6,
    width: width - 40,
    height: room - 40,
    x: span,
    y: [0, top],
  }
}

function drawMarginal(
  g: CanvasRenderingContext2D,
  box: Box,
  { densities, prior }: Marginal,
  axis: number,
  theme: Theme,
): void {
  drawAxes(g, box, { x: `z${subscript(axis + 1)}`, y: 'density' }, theme)
  g.fillStyle = theme.edge
  const valueAt = (bin: number) => box.x[0] + ((box.x[1] - box.x[0]) * bin) / BINS
  densities.forEach((density, bin) => {
    const [x0, x1, y] = [atX(box, valueAt(bin)), atX(box, valueAt(bin + 1)), atY(box, density)]
    g.fillRect(x0, y, x1 - x0 - 0.75, box.top + box.height - y)
  })
  g.beginPath()
  for (let bin = 0; bin <= BINS; bin += 0.25) {
    g.lineTo(atX(box, valueAt(bin)), atY(box, prior(valueAt(bin))))
  }
  g.strokeStyle = theme.classes[1]
  g.lineWidth = 2
  g.stroke()
  drawKey(g, box, theme)
}

function drawKey(g: CanvasRenderingContext2D, box: Box, theme: Theme): void {
  const [right, y] = [box.left + box.width, box.top + 12]
  g.beginPath()
  g.moveTo(right - 54, y)
  g.lineTo(right - 36, y)
  g.stroke()
  g.textAlign = 'right'
  g.textBaseline = 'middle'
  g.fillStyle = theme.ink
  fillOutlinedText(g, 'prior', right - 6, y, theme)
}

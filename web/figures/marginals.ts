import { html, nothing } from 'lit'
import type { Card } from '../../models/card.ts'
import type { Latents } from '../catalog.ts'
import { ready } from '../loadable.ts'
import { subscript } from '../plot/projection.ts'
import type { Theme } from '../plot/theme.ts'
import { atX, atY, type Box, drawAxes } from './axes.ts'
import { createDrawing } from './canvas.ts'
import { histogram, normalDensity } from './maths.ts'
import { type Panel, type PanelOptions, panelTitle } from './panel.ts'

const BINS = 48
/** How far from the prior's mean the histograms reach, in its deviations. */
const REACH = 4

/** A histogram of each of the first two latent dimensions over the test images, with the prior's density. */
export function createMarginals({ lab, id, title }: PanelOptions): Panel {
  const drawing = createDrawing()
  let done = false
  return {
    needs: () => [lab.catalog.model(id).card, lab.catalog.model(id).latents()],
    drawn: () => done,
    render(near) {
      const model = near ? lab.catalog.model(id) : undefined
      const [card, latents] = [ready(model?.card), model && ready(model.latents())]
      if (card && latents) {
        done = true
        const label = `Histograms of the two latent dimensions of ${id} over ${latents.images} test images, with the prior’s density over each`
        drawing.show(latents, label, (g, width, height, theme) => {
          for (const axis of [0, 1])
            drawHistogram(g, boxOf(card, axis, width, height), card, latents, axis, theme)
        })
      }
      return html`<div class="panel" data-panel="marginals" data-model=${id}>
        ${panelTitle(lab, title, { view: 'explore', model: id, z: [], hide: [], axes: '0,1', grid: false })}
        <div class="square">${done ? drawing.element : nothing}</div>
      </div>`
    },
  }
}

/** The upper half of the square for the first dimension, the lower for the second; both on one scale. */
function boxOf({ prior }: Card, axis: number, width: number, height: number): Box {
  const [mean, deviation] = [prior.mean[axis], Math.sqrt(prior.variance[axis])]
  const room = height / 2
  return {
    left: 34,
    top: axis * room + 6,
    width: width - 40,
    height: room - 40,
    x: [mean - REACH * deviation, mean + REACH * deviation],
    y: [0, 0.6 / deviation],
  }
}

function drawHistogram(
  g: CanvasRenderingContext2D,
  box: Box,
  { prior }: Card,
  { mu, images }: Latents,
  axis: number,
  theme: Theme,
): void {
  const shape = { d: mu.length / images, axis }
  const densities = histogram(mu, shape, box.x, BINS)
  const high = Math.max(...densities, normalDensity(prior.mean[axis], prior.mean[axis], prior.variance[axis]))
  const fitted = { ...box, y: [0, high * 1.08] as const }
  drawAxes(g, fitted, { x: `z${subscript(axis + 1)}`, y: 'density' }, theme)
  g.fillStyle = theme.soft
  g.globalAlpha = 0.45
  const width = (box.x[1] - box.x[0]) / BINS
  densities.forEach((density, bin) => {
    const [x0, x1] = [bin, bin + 1].map(k => atX(box, box.x[0] + k * width))
    const y = atY(fitted, density)
    g.fillRect(x0, y, x1 - x0 - 0.75, box.top + box.height - y)
  })
  g.globalAlpha = 1
  g.beginPath()
  for (let x = box.left; x <= box.left + box.width; x++) {
    const value = box.x[0] + ((x - box.left) / box.width) * (box.x[1] - box.x[0])
    g.lineTo(x, atY(fitted, normalDensity(value, prior.mean[axis], prior.variance[axis])))
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
  g.fillText('prior', right - 6, y)
}

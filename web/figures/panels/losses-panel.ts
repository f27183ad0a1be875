import { html, nothing } from 'lit'
import type { Curve } from '../../../models/paper/report.ts'
import { ready } from '../../catalog/resource.ts'
import { FONT } from '../../plot/axis-style.ts'
import { fillOutlinedText } from '../../plot/outlined-text.ts'
import type { Theme } from '../../plot/theme.ts'
import { leastValidation, lossSpan } from '../maths.ts'
import { titleOfId } from '../model-labels.ts'
import { atX, atY, type Box, drawAxes } from './axes.ts'
import { createFigureCanvas } from './figure-canvas.ts'
import type { Panel, PanelOptions } from './panel.ts'

/**
 * The objective over the epochs, on training and validation images, with a mark at the epoch of the lowest validation
 * loss.
 */
export function createLosses({ app, shared, id, title }: PanelOptions): Panel {
  const canvas = createFigureCanvas()
  let done = false
  return {
    needs: () => [shared.curves()],
    drawn: () => done,
    render(near) {
      const curves = near ? ready(shared.curves()) : undefined
      const curve = curves?.[id]
      if (curve)
        canvas.show(curve, `Loss curves of ${titleOfId(id)}. ${words(curve)}`, app.theme, (...args) =>
          drawCurve(curve, ...args),
        )
      done = curves !== undefined
      return html`<div class="panel" data-panel="losses" data-model=${id}>
        <header class="panel-title">${title}</header>
        <div class="square">
          ${curve ? canvas.element : curves ? html`<p class="none">No run of ${id} is among the results.</p>` : nothing}
        </div>
        <p class="reading">${curve ? words(curve) : nothing}</p>
      </div>`
    },
  }
}

/** A curve as a sentence, for screen readers and below the chart. */
function words(curve: Curve): string {
  const [epoch, , least] = leastValidation(curve)
  const [last, train, validation] = curve[curve.length - 1]
  const print = (value: number) => value.toFixed(Math.abs(value) < 100 ? 2 : 1)
  if (epoch === last) {
    return (
      `The validation loss is lowest at the last epoch, ${last}: ${print(validation)}, with a training ` +
      `loss of ${print(train)}.`
    )
  }
  return (
    `Lowest validation loss ${print(least)} at epoch ${epoch} of ${last}; at the end ${print(validation)}, ` +
    `with a training loss of ${print(train)}.`
  )
}

function drawCurve(
  curve: Curve,
  g: CanvasRenderingContext2D,
  width: number,
  height: number,
  theme: Theme,
): void {
  const span = lossSpan(curve)
  const last = curve[curve.length - 1][0]
  const box: Box = { left: 34, top: 6, width: width - 40, height: height - 40, x: [0, last], y: span }
  drawAxes(g, box, { x: 'epochs', y: '' }, theme)
  drawLeast(g, box, curve, theme)
  g.save()
  g.beginPath()
  g.rect(box.left, box.top, box.width, box.height)
  g.clip()
  drawLine(g, box, curve, 1, theme)
  drawLine(g, box, curve, 2, theme)
  g.restore()
  drawKey(g, box, curve, theme)
  g.strokeStyle = theme.line
  g.lineWidth = 1
  g.strokeRect(box.left + 0.5, box.top + 0.5, box.width - 1, box.height - 1)
}

function drawLine(g: CanvasRenderingContext2D, box: Box, curve: Curve, which: 1 | 2, theme: Theme): void {
  g.beginPath()
  for (const point of curve) g.lineTo(atX(box, point[0]), atY(box, point[which]))
  style(g, which, theme)
  g.stroke()
  g.setLineDash([])
}

/** Training is dashed and validation solid, so that they differ without colour. */
function style(g: CanvasRenderingContext2D, which: 1 | 2, theme: Theme): void {
  g.strokeStyle = theme.classes[which === 1 ? 1 : 0]
  g.lineWidth = 2
  g.setLineDash(which === 1 ? [5, 3] : [])
}

function drawLeast(g: CanvasRenderingContext2D, box: Box, curve: Curve, theme: Theme): void {
  const [epoch, , least] = leastValidation(curve)
  if (epoch === curve[curve.length - 1][0]) return
  const x = atX(box, epoch)
  g.beginPath()
  g.moveTo(x, box.top)
  g.lineTo(x, box.top + box.height)
  g.strokeStyle = theme.soft
  g.lineWidth = 1
  g.setLineDash([2, 3])
  g.stroke()
  g.setLineDash([])
  g.beginPath()
  g.arc(x, atY(box, least), 4, 0, 2 * Math.PI)
  g.fillStyle = theme.classes[0]
  g.fill()
  g.font = `11px ${FONT}`
  g.fillStyle = theme.ink
  const left = x > box.left + box.width / 2
  g.textAlign = left ? 'right' : 'left'
  g.textBaseline = 'bottom'
  fillOutlinedText(g, 'lowest validation', x + (left ? -6 : 6), box.top + box.height - 8, theme)
}

const KEY = { width: 92, height: 58 }

/** The top of the legend: the highest position at which it covers no curve. */
function keyTop(box: Box, curve: Curve): number {
  const beside = curve.filter(([epoch]) => atX(box, epoch) >= box.left + box.width - KEY.width - 4)
  const ys = beside.flatMap(([, train, validation]) => [atY(box, train), atY(box, validation)])
  const least = box.top + box.height - KEY.height
  for (let top = box.top; top <= least; top += 6) {
    if (ys.every(y => y < top || y > top + KEY.height)) return top
  }
  return box.top
}

function drawKey(g: CanvasRenderingContext2D, box: Box, curve: Curve, theme: Theme): void {
  g.font = `11px ${FONT}`
  g.textAlign = 'left'
  g.textBaseline = 'middle'
  const texts = { 1: 'training', 2: 'validation' } as const
  const left = box.left + box.width - KEY.width
  const top = keyTop(box, curve)
  g.fillStyle = theme.soft
  fillOutlinedText(g, 'nats per image', left, top + 14, theme)
  for (const which of [2, 1] as const) {
    const y = top + (which === 2 ? 32 : 49)
    g.beginPath()
    g.moveTo(left, y)
    g.lineTo(left + 24, y)
    style(g, which, theme)
    g.stroke()
    g.setLineDash([])
    g.fillStyle = theme.ink
    fillOutlinedText(g, texts[which], left + 30, y, theme)
  }
}

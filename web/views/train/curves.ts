import { html, render, type TemplateResult } from 'lit'
import { type Chart, createChart } from '../../plot/chart.ts'
import type { DrawQueue } from '../../plot/draw-queue.ts'
import type { Theme } from '../../plot/theme.ts'
import type { EpochFigures } from '../../train/messages.ts'
import type { Training } from '../../train/training.ts'
import { figuresTable } from './figures-table.ts'

/** Shows the epochs' figures as curves and as a table. */
export interface Curves {
  element: HTMLElement
  show(training: Training, theme: Theme): void
}

/** What a chart shows of each epoch: a value as a line and, for the losses, a second one as a dashed line. */
interface Curve {
  title: string
  y: string
  colour: number
  value(epoch: EpochFigures): number
  dashed?(epoch: EpochFigures): number
}

const LOSSES: Curve = {
  title: 'Loss of an epoch’s training images (line) and of held-out images (dashed)',
  y: 'loss, nats per image',
  colour: 0,
  value: ({ train }) => train.loss,
  dashed: ({ validation }) => validation.loss,
}
const KL: Curve = {
  title: 'KL divergence to the prior, held-out images',
  y: 'KL, nats per image',
  colour: 3,
  value: ({ validation }) => validation.kl,
}
const UNITS: Curve = {
  title: 'Latent dimensions that vary over the held-out images',
  y: 'dimensions',
  colour: 2,
  value: ({ validation }) => validation.activeUnits,
}
const GRADIENT: Curve = {
  title: 'Norm of the gradient at an epoch’s first step',
  y: 'norm',
  colour: 4,
  value: ({ gradientNorm }) => gradientNorm,
}

/** Creates the curves. One chart is drawn in each frame; the folded ones only while they are unfolded. */
export function createCurves(inTurn: DrawQueue): Curves {
  const element = document.createElement('section')
  element.className = 'train-curves'
  const charts = new Map([LOSSES, KL, UNITS, GRADIENT].map(curve => [curve, createChart()]))
  let folded = true
  let shown: { training: Training; theme: Theme } | undefined

  const titled = (curve: Curve) => html`<div><h2>${curve.title}</h2>${charts.get(curve)?.element}</div>`
  const unfold = (event: Event) => {
    folded = !(event.target as HTMLDetailsElement).open
    if (shown) drawCharts(shown)
  }
  const curves = (isVae: boolean): TemplateResult => html`
    ${titled(LOSSES)} ${isVae ? titled(KL) : ''}
    <details class="train-more" @toggle=${unfold}>
      <summary>Active units, and the gradient’s norm</summary>
      ${titled(UNITS)} ${titled(GRADIENT)}
    </details>`

  function drawCharts({ training, theme }: { training: Training; theme: Theme }): void {
    const { figures } = training.state
    for (const [curve, chart] of charts) {
      if (folded && (curve === UNITS || curve === GRADIENT)) continue
      inTurn(chart, () => showCurve(chart, curve, figures, theme))
    }
  }

  return {
    element,
    show(training, theme) {
      shown = { training, theme }
      const { state, configuration } = training
      const isVae = configuration.architecture.kind === 'vae'
      render(html`${state.figures.length > 0 ? curves(isVae) : ''} ${figuresTable(state)}`, element)
      if (state.figures.length > 0) drawCharts(shown)
    },
  }
}

function showCurve(
  chart: Chart,
  { value, dashed, colour, y }: Curve,
  figures: readonly EpochFigures[],
  theme: Theme,
): void {
  const line = { values: figures.map(value), colour }
  chart.show(
    figures.map(({ epoch }) => epoch),
    dashed ? [line, { values: figures.map(dashed), dashed: true }] : [line],
    { x: 'epoch', y },
    theme,
  )
}

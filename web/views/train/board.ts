import { html, nothing, render, type TemplateResult } from 'lit'
import { createChangeTest } from '../../plot/change-test.ts'
import type { DrawQueue } from '../../plot/draw-queue.ts'
import { createPlane, type Plane } from '../../plot/plane/plane.ts'
import { axesProjection, projectGaussian } from '../../plot/plane/projection.ts'
import type { Theme } from '../../plot/theme.ts'
import type { Training } from '../../train/training.ts'
import { createCurves } from './curves.ts'
import { createPictures } from './pictures.ts'

/** Shows a run: the latent plane, reconstructions and samples, and curves. */
export interface Board {
  element: HTMLElement
  /** Draws what has changed since the last call. @param title names one of two runs side by side */
  show(training: Training, theme: Theme, title: string | undefined): void
}

/** @param inTurn draws one part of the board in each frame */
export function createBoard(inTurn: DrawQueue): Board {
  const element = document.createElement('div')
  element.className = 'train-board'
  element.setAttribute('role', 'group')
  const plane = createPlane({})
  const pictures = createPictures()
  const curves = createCurves(inTurn)
  const changed = { frame: createChangeTest(), snapshot: createChangeTest(), figures: createChangeTest() }

  return {
    element,
    show(training, theme, title) {
      const { state, data } = training
      if (changed.frame(training, title)) {
        element.setAttribute('aria-label', title ?? 'The run')
        // The labels of two boards side by side name their run.
        const named = (part: string) => (title ? `${title}: ${part}` : part)
        pictures.element.setAttribute('aria-label', named('Reconstructions and samples'))
        curves.element.setAttribute('aria-label', named('Curves'))
        render(
          html`${title ? html`<h2 class="train-title">${title}</h2>` : nothing}
            <section class="train-plane" aria-label=${named('Latent plane')}>
              ${plane.element} ${classLegend(data.classes)}
            </section>
            ${pictures.element} ${curves.element}`,
          element,
        )
      }
      if (changed.snapshot(training, state.snapshot, theme)) {
        inTurn(plane, () => showPlane(plane, training, theme))
        inTurn(pictures, () => pictures.show(training, theme))
      }
      if (changed.figures(training, state.figures, theme)) curves.show(training, theme)
    },
  }
}

function showPlane(plane: Plane, { configuration, state, data }: Training, theme: Theme): void {
  const { architecture, prior } = configuration
  const projection = axesProjection(architecture.latentDim, [0, 1])
  const { snapshot } = state
  const { labels } = data.test
  const images = snapshot ? snapshot.mu.length / architecture.latentDim : 0
  plane.show({
    theme,
    projection,
    latents: snapshot && { mu: snapshot.mu, label: labels?.subarray(0, images), images },
    prior: architecture.kind === 'vae' ? projectGaussian(projection, prior) : undefined,
    hidden: new Set(),
    names: [],
    z: new Float32Array(architecture.latentDim),
    point: false,
    marginals: false,
    label: `Latent plane: ${images} test images after epoch ${state.epoch}`,
  })
}

function classLegend(classes: readonly string[]): TemplateResult | typeof nothing {
  if (classes.length === 0) return nothing
  return html`<ul class="legend" aria-label="Colours of the classes">
    ${classes.map((name, i) => html`<li class="chip" style=${`--colour: var(--class-${i % 10})`}><i></i>${name}</li>`)}
  </ul>`
}

import { html, nothing, render, type TemplateResult } from 'lit'
import type { DrawQueue } from '../../plot/draw-queue.ts'
import { createPlane, type Plane } from '../../plot/plane.ts'
import { axesProjection, projectGaussian } from '../../plot/projection.ts'
import { currentTheme } from '../../plot/theme.ts'
import type { Training } from '../../train/training.ts'
import { createCurves } from './curves.ts'
import { createPictures } from './pictures.ts'

/** What is seen of a run, an element: the plane, reconstructions and samples, curves. */
export interface Board {
  element: HTMLElement
  /** Draws what has changed since the last call. @param title of one of two runs side by side */
  show(training: Training, title: string | undefined): void
}

/** @param inTurn draws the board's parts one a frame */
export function createBoard(inTurn: DrawQueue): Board {
  const element = document.createElement('div')
  element.className = 'train-board'
  element.setAttribute('role', 'group')
  const plane = createPlane({})
  const pictures = createPictures()
  const curves = createCurves(inTurn)
  const parts = { frame: changes(), snapshot: changes(), figures: changes() }

  return {
    element,
    show(training, title) {
      const { state, data } = training
      if (parts.frame(training, title)) {
        element.setAttribute('aria-label', title ?? 'The run')
        // Of two boards, each says whose parts these are.
        const named = (part: string) => (title ? `${title}: ${part}` : part)
        pictures.element.setAttribute('aria-label', named('What the model makes of images'))
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
      const { version } = currentTheme()
      if (parts.snapshot(training, state.snapshot, version)) {
        inTurn(plane, () => showPlane(plane, training))
        inTurn(pictures, () => pictures.show(training))
      }
      if (parts.figures(training, state.figures, version)) curves.show(training)
    },
  }
}

/** A function that says whether its arguments differ from those of the call before. */
function changes(): (...values: unknown[]) => boolean {
  let before: unknown[] = []
  return (...values) => {
    const changed = values.some((value, i) => value !== before[i])
    before = values
    return changed
  }
}

function showPlane(plane: Plane, { configuration, state, data }: Training): void {
  const { architecture, prior } = configuration
  const projection = axesProjection(architecture.latentDim, [0, 1])
  const { snapshot } = state
  const { labels } = data.test
  const images = snapshot ? snapshot.mu.length / architecture.latentDim : 0
  plane.show({
    projection,
    latents: snapshot && { mu: snapshot.mu, label: labels?.subarray(0, images), images },
    prior: architecture.kind === 'vae' ? projectGaussian(projection, prior) : undefined,
    hidden: new Set(),
    names: [],
    z: new Float32Array(architecture.latentDim),
    point: false,
    marginals: false,
    label: `Latent plane: ${images} test images where the encoder puts them after epoch ${state.epoch}`,
  })
}

function classLegend(classes: readonly string[]): TemplateResult | typeof nothing {
  if (classes.length === 0) return nothing
  return html`<ul class="legend" aria-label="Colours of the classes">
    ${classes.map((name, i) => html`<li class="chip" style=${`--colour: var(--class-${i % 10})`}><i></i>${name}</li>`)}
  </ul>`
}

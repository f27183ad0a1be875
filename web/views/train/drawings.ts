import { html, nothing, type TemplateResult } from 'lit'
import { CLASSES } from '../../../models/classes.ts'
import type { GreyImage } from '../../../models/images/grey.ts'
import { toBytes, toIntensities } from '../../../models/images/grey.ts'
import { centreAsMnist } from '../../ink/centre.ts'
import { createPad } from '../../ink/pad.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { choices } from '../../lab/controls.ts'
import { picture } from '../../plot/picture.ts'
import type { Theme } from '../../plot/theme.ts'
import { DRAWING_SIDE, type Drawing } from '../../train/data/drawings.ts'
import { FEWEST_IMAGES } from '../../train/data/own-data.ts'
import type { TrainingSession } from '../../train/session/session.ts'

/** Creates the panel in which the visitor draws digits to train on. @returns a function that renders it */
export function createDrawings(app: AppContext, { state, images }: TrainingSession): () => TemplateResult {
  /** The drawings' pixels in 0…1, converted once because the panel is rendered often. */
  const converted = new WeakMap<Drawing, Float32Array>()
  const next = { label: '0', pixels: undefined as Float32Array | undefined }
  const pad = createPad(
    () => app.theme.ink,
    (drawing: GreyImage) => {
      next.pixels = centreAsMnist(drawing, DRAWING_SIDE)
      app.refresh()
    },
  )

  function clear(): void {
    pad.clear()
    next.pixels = undefined
    app.refresh()
  }

  function keep(): void {
    if (!next.pixels) return
    void images.addDrawing(toBytes(next.pixels), next.label)
    clear()
  }

  function intensitiesOf(drawing: Drawing): Float32Array {
    let pixels = converted.get(drawing)
    if (!pixels) converted.set(drawing, (pixels = toIntensities(drawing.pixels)))
    return pixels
  }

  const remove = (drawings: readonly Drawing[]) => void images.removeDrawings(drawings.map(({ id }) => id))

  return () => {
    const { drawings } = state
    const missing = FEWEST_IMAGES - drawings.length
    return html`<div class="own drawn">
      ${choices(
        'Class of the next drawing',
        CLASSES.mnist.map(name => [name, name] as const),
        next.label,
        label => {
          next.label = label
          app.refresh()
        },
      )}
      ${pad.element}
      <div class="own-buttons">
        <button type="button" class="primary" ?disabled=${!next.pixels} @click=${keep}>Add this ${next.label}</button>
        <button type="button" ?disabled=${!next.pixels} @click=${clear}>Clear</button>
        <button type="button" ?disabled=${drawings.length === 0} @click=${() => remove(drawings.slice(-1))}>
          Delete the last
        </button>
      </div>
      <p class="own-summary" role="status">
        ${drawings.length === 1 ? '1 drawing' : `${drawings.length} drawings`}, kept in this browser.
        ${missing > 0 ? `Training can start with ${missing} more.` : 'With so few images, train for a few dozen epochs.'}
      </p>
      ${gallery(app.theme, drawings, intensitiesOf)}
      ${
        drawings.length > 0
          ? html`<button type="button" @click=${() => remove(drawings)}>Delete all drawings</button>`
          : nothing
      }
    </div>`
  }
}

function gallery(
  theme: Theme,
  drawings: readonly Drawing[],
  intensitiesOf: (drawing: Drawing) => Float32Array,
): TemplateResult {
  const size = { height: DRAWING_SIDE, width: DRAWING_SIDE, name: 'mnist' }
  return html`<div class="drawings">
    ${drawings.map(
      each =>
        html`<canvas role="img" aria-label=${`A drawn ${each.label}`} ${picture(intensitiesOf(each), size, theme)}></canvas>`,
    )}
  </div>`
}

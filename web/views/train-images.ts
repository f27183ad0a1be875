import { html, nothing, type TemplateResult } from 'lit'
import { CLASSES } from '../../models/classes.ts'
import type { GreyImage } from '../../models/images/grey.ts'
import { toBytes } from '../../models/images/grey.ts'
import { centreAsMnist } from '../ink/centre.ts'
import { createPad } from '../ink/pad.ts'
import type { AppContext } from '../lab/app-context.ts'
import { choices, toggle } from '../lab/controls.ts'
import { type PickedFile, pickedFiles } from '../lab/picked-files.ts'
import { picture } from '../plot/picture.ts'
import { DRAWING_SIDE, type Drawing } from '../train/data/drawings.ts'
import { type KnownName, SOURCES } from '../train/data/known-data.ts'
import { FEWEST_IMAGES } from '../train/data/own-data.ts'
import type { Recipe } from '../train/recipe.ts'
import type { SessionState, TrainingSession } from '../train/session.ts'

/** The panel in which images are chosen, brought or drawn. */
export interface ImagesPanel {
  render(recipe: Recipe): TemplateResult
  /** Takes files that were picked, dropped or pasted. */
  take(files: PickedFile[]): void
}

export function createImagesPanel(
  app: AppContext,
  session: TrainingSession,
  change: (patch: Partial<Recipe>) => void,
): ImagesPanel {
  const chosen = { side: 28, invert: false, files: [] as PickedFile[] }
  const drawing = { label: '0', pixels: undefined as Float32Array | undefined }
  const pad = createPad((ink: GreyImage) => {
    drawing.pixels = centreAsMnist(ink, DRAWING_SIDE)
    app.refresh()
  })

  function take(files: PickedFile[]): void {
    if (files.length > 0) chosen.files = files
    change({ data: 'own' })
    if (chosen.files.length > 0) void session.readOwn(chosen.files, chosen.side, chosen.invert)
  }

  function changeOwn(patch: Partial<typeof chosen>): void {
    Object.assign(chosen, patch)
    if (chosen.files.length > 0) take([])
    else app.refresh()
  }

  function clearPad(): void {
    pad.clear()
    drawing.pixels = undefined
    app.refresh()
  }

  function keepDrawing(): void {
    if (!drawing.pixels) return
    void session.addDrawing(toBytes(drawing.pixels), drawing.label)
    clearPad()
  }

  function own(): TemplateResult {
    const pick = (event: Event) => {
      const input = event.target as HTMLInputElement
      take(pickedFiles(input.files))
      input.value = ''
    }
    return html`<div class="own">
      <div class="own-buttons">
        <label class="button file">A folder…<input type="file" webkitdirectory @change=${pick} /></label>
        <label class="button file">Images…<input type="file" accept="image/*" multiple @change=${pick} /></label>
      </div>
      <p class="hint">
        Or drop or paste them here: PNG, JPEG, WebP, whatever this browser reads. Folders are the classes. Images are
        scaled to cover a square, cut to its middle and turned grey. They stay on this machine.
      </p>
      <label class="field train-select"
        ><span class="label">Pixels a side</span>
        <select @change=${(event: Event) => changeOwn({ side: Number((event.target as HTMLSelectElement).value) })}>
          ${[16, 20, 24, 28, 32].map(side => html`<option ?selected=${side === chosen.side}>${side}</option>`)}
        </select></label
      >
      ${toggle('Dark drawings on light paper: invert', chosen.invert, invert => changeOwn({ invert }))}
      ${session.state.own ? summary(session.state.own) : nothing}
    </div>`
  }

  function drawn(): TemplateResult {
    const { drawings } = session.state
    const missing = FEWEST_IMAGES - drawings.length
    const size = { height: DRAWING_SIDE, width: DRAWING_SIDE, name: 'mnist' }
    return html`<div class="own drawn">
      ${choices(
        'The next digit is a',
        CLASSES.mnist.map(name => [name, name] as const),
        drawing.label,
        label => {
          drawing.label = label
          app.refresh()
        },
      )}
      ${pad.element}
      <div class="own-buttons">
        <button type="button" class="primary" ?disabled=${!drawing.pixels} @click=${keepDrawing}>
          Add this ${drawing.label}
        </button>
        <button type="button" ?disabled=${!drawing.pixels} @click=${clearPad}>Clear</button>
        <button
          type="button"
          ?disabled=${drawings.length === 0}
          @click=${() => void session.removeDrawings(drawings.slice(-1).map(({ id }) => id))}
        >
          Take back the last
        </button>
      </div>
      <p class="own-summary" role="status">
        ${drawings.length === 1 ? '1 drawing' : `${drawings.length} drawings`}, kept in this browser.
        ${missing > 0 ? `${missing} more and training can start.` : 'A few dozen epochs suit so few images.'}
      </p>
      <div class="drawings">
        ${drawings.map(
          each =>
            html`<canvas role="img" aria-label=${`A drawn ${each.label}`} ${picture(asFloats(each), size)}></canvas>`,
        )}
      </div>
      ${
        drawings.length > 0
          ? html`<button type="button" @click=${() => void session.removeDrawings(drawings.map(({ id }) => id))}>
              Delete all drawings
            </button>`
          : nothing
      }
    </div>`
  }

  return {
    take,
    render(recipe) {
      const { data } = recipe
      return html`${choices(
        'Images of',
        [
          ['mnist', 'Digits'],
          ['fashion-mnist', 'Fashion'],
          ['own', 'Your own'],
          ['drawn', 'Draw'],
        ],
        data,
        next =>
          change({
            data: next,
            ...(next === 'fashion-mnist' && { images: Math.min(recipe.images, 10_000) }),
          }),
      )}
      ${data === 'own' ? own() : data === 'drawn' ? drawn() : amount(data, recipe, change)}`
    },
  }
}

const floats = new WeakMap<Drawing, Float32Array>()

/** A drawing's intensities, the same array each time, so that it is drawn once. */
function asFloats(drawing: Drawing): Float32Array {
  let pixels = floats.get(drawing)
  if (!pixels) floats.set(drawing, (pixels = Float32Array.from(drawing.pixels, byte => byte / 255)))
  return pixels
}

function amount(
  data: KnownName,
  { images: chosen }: Recipe,
  change: (patch: Partial<Recipe>) => void,
): TemplateResult {
  const { parts, megabytes } = SOURCES[data]
  const options = [1000, 5000, 10_000, ...(parts > 1 ? [30_000, 60_000] : [])]
  const size = (images: number) => `${(Math.ceil(images / 10_000) * megabytes).toFixed(1)} MB`
  return html`<label class="field train-select"
    ><span class="label">How many</span>
    <select @change=${(event: Event) => change({ images: Number((event.target as HTMLSelectElement).value) })}>
      ${[...new Set([...options, chosen])]
        .sort((a, b) => a - b)
        .map(
          images =>
            html`<option value=${images} ?selected=${images === chosen}>
              ${images.toLocaleString('en')} (${size(images)})
            </option>`,
        )}
    </select></label
  >`
}

function summary({ data, skipped }: NonNullable<SessionState['own']>): TemplateResult {
  const { train, test, classes } = data
  const kinds =
    classes.length > 0
      ? `${classes.length} classes: ${classes.slice(0, 6).join(', ')}${classes.length > 6 ? ' …' : ''}`
      : 'no classes'
  return html`<p class="own-summary" role="status">
      ${train.count + test.count} images, ${kinds}. ${train.count} to train on, ${test.count} held out.
    </p>
    ${
      skipped.length > 0
        ? html`<details>
            <summary>${skipped.length} ${skipped.length === 1 ? 'file was' : 'files were'} left out</summary>
            <ul>${skipped.slice(0, 20).map(({ path, reason }) => html`<li>${path}: ${reason}</li>`)}</ul>
          </details>`
        : nothing
    }`
}

import { html, nothing, type TemplateResult } from 'lit'
import type { AppContext } from '../../lab/app-context.ts'
import { toggle } from '../../lab/controls.ts'
import { type PickedFile, pickedFiles } from '../../lab/picked-files.ts'
import type { ReadImages } from '../../train/data/read-images.ts'
import type { TrainingSession } from '../../train/session/session.ts'

/** The panel in which the visitor picks images of their own. */
export interface OwnImagesPanel {
  render(): TemplateResult
  /** Reads files that were picked, dropped or pasted. */
  take(files: PickedFile[]): void
}

/** @param chooseOwn makes the recipe use the visitor's own images */
export function createOwnImages(
  app: AppContext,
  session: TrainingSession,
  chooseOwn: () => void,
): OwnImagesPanel {
  const chosen = { side: 28, invert: false, files: [] as PickedFile[] }

  function take(files: PickedFile[]): void {
    chosen.files = files
    chooseOwn()
    void session.images.readOwn(files, chosen.side, chosen.invert)
  }

  /** Changes how images are read, and reads the chosen ones again. */
  function change(patch: Partial<typeof chosen>): void {
    Object.assign(chosen, patch)
    if (chosen.files.length > 0) take(chosen.files)
    else app.refresh()
  }

  const pick = (event: Event) => {
    const input = event.target as HTMLInputElement
    const files = pickedFiles(input.files)
    if (files.length > 0) take(files)
    input.value = ''
  }

  return {
    take,
    render: () => html`<div class="own">
      <div class="own-buttons">
        <label class="button file">A folder…<input type="file" webkitdirectory @change=${pick} /></label>
        <label class="button file">Images…<input type="file" accept="image/*" multiple @change=${pick} /></label>
      </div>
      <p class="hint">
        Or drop or paste them here: PNG, JPEG, WebP, or any other format that this browser reads. Each folder is
        a class. Images are
        scaled to cover a square, cropped to its middle and converted to grey. They stay on this machine.
      </p>
      <label class="field train-select"
        ><span class="label">Pixels per side</span>
        <select @change=${(event: Event) => change({ side: Number((event.target as HTMLSelectElement).value) })}>
          ${[16, 20, 24, 28, 32].map(side => html`<option ?selected=${side === chosen.side}>${side}</option>`)}
        </select></label
      >
      ${toggle('Invert (for dark drawings on light paper)', chosen.invert, invert => change({ invert }))}
      ${session.state.own ? summary(session.state.own) : nothing}
    </div>`,
  }
}

function summary({ data, skipped }: ReadImages): TemplateResult {
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

import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../models/card.ts'
import { type GreyImage, resampleArea } from '../../models/images/grey.ts'
import { fileButton } from '../ink/pad.ts'
import { readingFor, readPictureFile } from '../ink/picture-file.ts'
import { type ReadingStep, readPicture } from '../ink/reading.ts'
import type { AppContext } from '../lab/app-context.ts'
import { picture } from '../plot/picture.ts'

/** A picture that the visitor brings, and how the page reads it. */
export interface OwnPicture {
  /** Reads a picture file; what it shows comes by `done`. */
  take(file: File, dataset: Card['dataset']): Promise<void>
  /** Buttons that take a file, and on phones a photograph. */
  buttons(dataset: Card['dataset']): TemplateResult
  /** The steps of the reading, each with a switch; nothing before a picture is taken. */
  steps(dataset: Card['dataset']): TemplateResult | typeof nothing
  clear(): void
}

/** @param done gets the model's input, [D_x] in 0…1, and again when a step is switched */
export function createOwnPicture(app: AppContext, done: (pixels: Float32Array) => void): OwnPicture {
  let taken: GreyImage | undefined
  let steps: ReadingStep[] = []
  const off = new Set<string>()

  function read(dataset: Card['dataset']): void {
    if (!taken) return
    steps = readPicture(taken, dataset, off)
    done(steps[steps.length - 1].picture.pixels)
    app.refresh()
  }

  async function take(file: File, dataset: Card['dataset']): Promise<void> {
    try {
      taken = await readPictureFile(file, readingFor(dataset))
    } catch (error) {
      app.tell((error as Error).message)
      return
    }
    off.clear()
    read(dataset)
  }

  function flip(step: ReadingStep, dataset: Card['dataset']): void {
    if (step.done) off.add(step.key)
    else off.delete(step.key)
    read(dataset)
  }

  return {
    take,
    buttons: dataset =>
      html`${fileButton('Upload a picture…', file => void take(file, dataset))}
      ${fileButton('Take a photo…', file => void take(file, dataset), true)}`,
    steps(dataset) {
      if (!taken) return nothing
      return html`<section class="reading-steps" aria-label="How the page reads your picture">
        <h3>How the page reads your picture</h3>
        <ol>
          <li>${stage('Your picture', taken)}<span>Your picture, in grey</span></li>
          ${steps.map(
            step => html`<li>
              ${stage(`After: ${step.title}`, step.picture)}
              <label class="toggle">
                <input type="checkbox" .checked=${step.done} @change=${() => flip(step, dataset)} />
                <span>${step.title}</span>
              </label>
            </li>`,
          )}
        </ol>
      </section>`
    },
    clear() {
      taken = undefined
      steps = []
    },
  }
}

/** Length of a stage's longer side: what a dense screen shows of it. */
const STAGE = 320

/** A stage as it is: black is 0. */
function stage(title: string, whole: GreyImage): TemplateResult {
  const { width, height, pixels } = shrink(whole)
  const size = { width, height, name: '', polarity: 'photograph' as const }
  return html`<canvas role="img" aria-label=${title} ${picture(pixels, size)}></canvas>`
}

const shrunk = new WeakMap<GreyImage, GreyImage>()

/** A picture of a size to be looked at, made once: the view is rendered often. */
function shrink(whole: GreyImage): GreyImage {
  const scale = STAGE / Math.max(whole.width, whole.height)
  if (scale >= 1) return whole
  const small =
    shrunk.get(whole) ??
    resampleArea(
      whole,
      Math.max(1, Math.round(whole.width * scale)),
      Math.max(1, Math.round(whole.height * scale)),
    )
  shrunk.set(whole, small)
  return small
}

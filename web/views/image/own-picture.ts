import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { type GreyImage, resampleArea } from '../../../models/images/grey.ts'
import { fileButton } from '../../ink/pad.ts'
import { readingFor, readPictureFile } from '../../ink/picture-file.ts'
import { type ReadingStep, readPicture } from '../../ink/reading.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { picture } from '../../plot/picture.ts'
import type { Theme } from '../../plot/theme.ts'

/** A picture that the visitor uploads, and how the page converts it to a model's input. */
export interface OwnPicture {
  /** Reads a picture file and calls `done` with its pixels. */
  take(file: File, dataset: Card['dataset']): Promise<void>
  /** Buttons that choose a file or, on phones, take a photograph. */
  buttons(dataset: Card['dataset']): TemplateResult
  /** The steps of the conversion, each with a switch; nothing before a picture is chosen. */
  steps(dataset: Card['dataset']): TemplateResult | typeof nothing
  clear(): void
}

/** @param done called with the model's input, [D_x] in 0…1, and again when a step is switched on or off */
export function createOwnPicture(app: AppContext, done: (pixels: Float32Array) => void): OwnPicture {
  let original: GreyImage | undefined
  let steps: ReadingStep[] = []
  /**
   * The picture before the first step and after each step, reduced for display once, because the view is rendered
   * often.
   */
  let stages: GreyImage[] = []
  const skipped = new Set<string>()

  function read(dataset: Card['dataset']): void {
    if (!original) return
    steps = readPicture(original, dataset, skipped)
    stages = [original, ...steps.map(step => step.picture)].map(shrink)
    done(steps[steps.length - 1].picture.pixels)
    app.refresh()
  }

  async function take(file: File, dataset: Card['dataset']): Promise<void> {
    try {
      original = await readPictureFile(file, readingFor(dataset))
    } catch (error) {
      app.tell((error as Error).message)
      return
    }
    skipped.clear()
    read(dataset)
  }

  function toggleStep(step: ReadingStep, dataset: Card['dataset']): void {
    if (step.applied) skipped.add(step.key)
    else skipped.delete(step.key)
    read(dataset)
  }

  return {
    take,
    buttons: dataset =>
      html`${fileButton('Upload a picture…', file => void take(file, dataset))}
      ${fileButton('Take a photo…', file => void take(file, dataset), true)}`,
    steps(dataset) {
      if (!original) return nothing
      return html`<section class="reading-steps" aria-label="How the page reads your picture">
        <h3>How the page reads your picture</h3>
        <ol>
          <li>${stage('Your picture', stages[0], app.theme)}<span>Your picture, in grey</span></li>
          ${steps.map(
            (step, i) => html`<li>
              ${stage(`After: ${step.title}`, stages[i + 1], app.theme)}
              <label class="toggle">
                <input type="checkbox" .checked=${step.applied} @change=${() => toggleStep(step, dataset)} />
                <span>${step.title}</span>
              </label>
            </li>`,
          )}
        </ol>
      </section>`
    },
    clear() {
      original = undefined
      steps = []
      stages = []
    },
  }
}

/** Longer side of a displayed stage, in pixels: enough for screens of high density. */
const STAGE = 320

/** A canvas with a stage in its own greys, in which 0 is black. */
function stage(title: string, { width, height, pixels }: GreyImage, theme: Theme): TemplateResult {
  const size = { width, height, name: '', polarity: 'photograph' as const }
  return html`<canvas role="img" aria-label=${title} ${picture(pixels, size, theme)}></canvas>`
}

/** The picture with a longer side of at most `STAGE` pixels. */
function shrink(whole: GreyImage): GreyImage {
  const { width, height } = whole
  const scale = STAGE / Math.max(width, height)
  if (scale >= 1) return whole
  return resampleArea(whole, Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)))
}

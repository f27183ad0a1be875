import { html, type TemplateResult } from 'lit'
import type { AppContext } from '../../lab/app-context.ts'
import { choices } from '../../lab/controls.ts'
import type { PickedFile } from '../../lab/picked-files.ts'
import { countTrainingImages, type KnownName, PER_PART, SOURCES } from '../../train/data/known-sets.ts'
import type { Recipe } from '../../train/recipe.ts'
import type { TrainingSession } from '../../train/session/session.ts'
import { createDrawings } from './drawings.ts'
import { createOwnImages } from './own-images.ts'

/** The panel in which the visitor chooses, uploads or draws the images to train on. */
export interface ImagesPanel {
  render(recipe: Recipe): TemplateResult
  /** Reads files that were picked, dropped or pasted. */
  take(files: PickedFile[]): void
}

/** Creates the panel of the images: a known data set, the visitor's own, or drawn digits. */
export function createImagesPanel(
  app: AppContext,
  session: TrainingSession,
  change: (patch: Partial<Recipe>) => void,
): ImagesPanel {
  const own = createOwnImages(app, session, () => change({ data: 'own' }))
  const drawings = createDrawings(app, session)
  return {
    take: own.take,
    render(recipe) {
      const { data } = recipe
      return html`${choices(
        'Data',
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
            ...((next === 'mnist' || next === 'fashion-mnist') && {
              images: Math.min(recipe.images, countTrainingImages(next)),
            }),
          }),
      )}
      ${data === 'own' ? own.render() : data === 'drawn' ? drawings() : amount(data, recipe, change)}`
    },
  }
}

function amount(
  data: KnownName,
  { images: chosen }: Recipe,
  change: (patch: Partial<Recipe>) => void,
): TemplateResult {
  const { part, test } = SOURCES[data].megabytes
  const options = [1000, 5000, 10_000, 30_000, 60_000].filter(images => images <= countTrainingImages(data))
  // The size includes the test images, which are fetched too.
  const size = (images: number) => `${(Math.ceil(images / PER_PART) * part + test).toFixed(1)} MB`
  return html`<label class="field train-select"
    ><span class="label">Number</span>
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

import { html, nothing, type TemplateResult } from 'lit'
import { choices, toggle } from '../lab/controls.ts'
import { SOURCES } from '../train/known-data.ts'
import { type OwnImages, type PickedFile, pickedFiles } from '../train/own-images.ts'
import { FIELDS, PRESETS, type Recipe } from '../train/recipe.ts'

/** What the form shows and calls. */
export interface RecipeForm {
  recipe: Recipe
  /** The visitor's own images, once some were read. */
  own: OwnImages | undefined
  choice: { side: number; invert: boolean }
  change(patch: Partial<Recipe>): void
  preset(recipe: Recipe): void
  pick(files: PickedFile[]): void
  changeOwn(patch: { side?: number; invert?: boolean }): void
}

/** The recipe: presets, images, network, objective; each with what it changes in what is seen. */
export function recipeForm(form: RecipeForm): TemplateResult {
  const { recipe, change } = form
  return html`<form class="train-form" @submit=${(event: Event) => event.preventDefault()} aria-label="What to train">
    <fieldset>
      <legend>Start from</legend>
      <div class="presets">
        ${PRESETS.map(
          ({ name, words, recipe: preset }) =>
            html`<button type="button" title=${words} @click=${() => form.preset(preset)}>${name}</button>`,
        )}
      </div>
    </fieldset>
    <fieldset>
      <legend>Images</legend>
      ${choices(
        'Images of',
        [
          ['mnist', 'Digits'],
          ['fashion-mnist', 'Fashion'],
          ['own', 'Your own'],
        ],
        recipe.data,
        data =>
          change({ data, ...(data === 'fashion-mnist' && { images: Math.min(recipe.images, 10_000) }) }),
      )}
      ${recipe.data === 'own' ? ownImages(form) : amount(recipe.data, form)}
    </fieldset>
    <fieldset>
      <legend>Network</legend>
      ${choices(
        'Kind',
        [
          ['vae', 'VAE'],
          ['ae', 'AE'],
        ],
        recipe.kind,
        kind => change({ kind }),
      )}
      ${toggle('Tell it the class (conditional)', recipe.conditional, conditional => change({ conditional }))}
      ${number(form, 'layers', 'Layers each way', 'More layers bend the plane more, and are slower to train.')}
      ${widths(form)}
      ${number(form, 'latent', 'Latent numbers', 'Two can be drawn on a plane; more give sharper images.')}
    </fieldset>
    <fieldset>
      <legend>Objective</legend>
      ${choices(
        'Loss',
        [
          ['bce', 'BCE'],
          ['mse', 'MSE'],
          ['l1', 'L1'],
        ],
        recipe.loss,
        loss => change({ loss }),
      )}
      ${
        recipe.kind === 'vae'
          ? html`${number(form, 'beta', 'β', 'Weight of the KL term: a larger β draws the points towards the prior and blurs the images.')}
            ${number(form, 'betaWarmup', 'Epochs of warm-up for β', 'Raising β from 0 keeps a deep model from ignoring its latent.')}`
          : nothing
      }
    </fieldset>
    <fieldset>
      <legend>Optimisation</legend>
      ${number(form, 'epochs', 'Epochs', 'How often every image is seen. The learning rate falls to 0 over them.')}
      ${number(form, 'learningRate', 'Learning rate', 'Too large and the loss jumps; too small and little happens.')}
      ${number(form, 'batch', 'Images a step', 'Smaller batches take more steps an epoch, each noisier.')}
      ${number(form, 'seed', 'Seed', 'The same seed and recipe give the same run, to the bit.')}
    </fieldset>
  </form>`
}

function amount(data: keyof typeof SOURCES, { recipe, change }: RecipeForm): TemplateResult {
  const { parts, megabytes } = SOURCES[data]
  const options = [1000, 5000, 10_000, ...(parts > 1 ? [30_000, 60_000] : [])]
  const size = (images: number) => `${(Math.ceil(images / 10_000) * megabytes).toFixed(1)} MB`
  return html`<label class="field train-field"
    ><span class="label">How many</span>
    <select @change=${(event: Event) => change({ images: Number((event.target as HTMLSelectElement).value) })}>
      ${[...new Set([...options, recipe.images])]
        .sort((a, b) => a - b)
        .map(
          images =>
            html`<option value=${images} ?selected=${images === recipe.images}>
              ${images.toLocaleString('en')} (${size(images)})
            </option>`,
        )}
    </select></label
  >`
}

function ownImages({ own, choice, pick, changeOwn }: RecipeForm): TemplateResult {
  const chosen = (event: Event) => {
    const input = event.target as HTMLInputElement
    if (input.files) pick(pickedFiles(input.files))
    input.value = ''
  }
  return html`<div class="own">
    <div class="own-buttons">
      <label class="button">A folder…<input type="file" webkitdirectory hidden @change=${chosen} /></label>
      <label class="button">Images…<input type="file" accept="image/*" multiple hidden @change=${chosen} /></label>
    </div>
    <p class="hint">
      Or drop them here. PNG, JPEG, WebP, whatever this browser reads. Folders are the classes. Images are scaled to
      cover a square, cut to its middle and turned grey; they stay on this machine.
    </p>
    <label class="field train-field"
      ><span class="label">Pixels a side</span>
      <select @change=${(event: Event) => changeOwn({ side: Number((event.target as HTMLSelectElement).value) })}>
        ${[16, 20, 24, 28, 32].map(side => html`<option ?selected=${side === choice.side}>${side}</option>`)}
      </select></label
    >
    ${toggle('Dark drawings on light paper: invert', choice.invert, invert => changeOwn({ invert }))}
    ${own ? ownSummary(own) : nothing}
  </div>`
}

function ownSummary({ data, skipped }: OwnImages): TemplateResult {
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

type NumberName = 'layers' | 'latent' | 'beta' | 'betaWarmup' | 'epochs' | 'learningRate' | 'batch' | 'seed'

function number(
  { recipe, change }: RecipeForm,
  name: NumberName,
  label: string,
  hint: string,
): TemplateResult {
  const input = (event: Event) => {
    const field = event.target as HTMLInputElement
    const value = FIELDS[name].parse(field.value)
    field.setAttribute('aria-invalid', String(value === undefined))
    if (value !== undefined) change({ [name]: value, ...(name === 'layers' && { widths: [] }) })
  }
  return html`<label class="field train-field"
    ><span class="label">${label}</span>
    <input type="text" inputmode="decimal" autocomplete="off" .value=${String(recipe[name])} @change=${input} />
    <small class="hint">${hint}</small></label
  >`
}

function widths({ recipe, change }: RecipeForm): TemplateResult {
  const input = (event: Event) => {
    const field = event.target as HTMLInputElement
    const value = FIELDS.widths.parse(field.value.trim().replace(/[\s,;×]+/g, 'x'))
    field.setAttribute('aria-invalid', String(value === undefined))
    if (value) change({ widths: value })
  }
  return html`<label class="field train-field"
    ><span class="label">Hidden widths</span>
    <input type="text" autocomplete="off" placeholder="by the paper’s rule" .value=${recipe.widths.join(', ')} @change=${input} />
    <small class="hint">Units of the hidden layers, such as 512, 256. Empty: the paper’s rule.</small></label
  >`
}

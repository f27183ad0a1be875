import { html, nothing, type TemplateResult } from 'lit'
import { choices, toggle } from '../../lab/controls.ts'
import { PRESETS } from '../../train/presets.ts'
import { FIELDS, type Recipe } from '../../train/recipe.ts'
import { equation } from './equations.ts'

/** What the form shows and what it calls. */
export interface RecipeChoice {
  recipe: Recipe
  change(patch: Partial<Recipe>): void
  preset(recipe: Recipe): void
  /** The panel of the images to train on. */
  images: TemplateResult
}

/** The form of a recipe. It keeps what was typed into a field and is invalid, because the recipe cannot hold that. */
export interface RecipeForm {
  render(choice: RecipeChoice): TemplateResult
}

/**
 * Creates the form of a recipe: presets, images, network, objective and optimisation, each with a sentence on what it
 * changes.
 *
 * @param refresh renders the page again
 */
export function createRecipeForm(refresh: () => void): RecipeForm {
  const invalid = new Map<TypedName, string>()
  return { render: choice => recipeForm({ ...choice, invalid, refresh }) }
}

interface Form extends RecipeChoice {
  invalid: Map<TypedName, string>
  refresh(): void
}

function recipeForm(form: Form): TemplateResult {
  const { recipe, change } = form
  const isVae = recipe.kind === 'vae'
  return html`<form class="train-form" @submit=${(event: Event) => event.preventDefault()} aria-label="What to train">
    <fieldset>
      <legend>Start from</legend>
      ${presets(form)}
    </fieldset>
    <fieldset>
      <legend>Images</legend>
      ${form.images}
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
      ${hintWithEquation('A VAE’s points fill the circles of the prior, so that random points decode to images; an AE’s may lie anywhere.', 'kind')}
      ${isVae ? toggle('Also train an AE', recipe.beside, beside => change({ beside })) : nothing}
      ${isVae ? hintWithEquation('Trains the VAE and an AE on the same batches and shows their planes side by side.') : nothing}
      ${toggle('Conditional: give it the class', recipe.conditional, conditional => change({ conditional }))}
      ${hintWithEquation('Encoder and decoder are given the class, so the latent holds only what differs within a class, such as handwriting: the classes overlap on the plane.', 'conditional')}
      ${number(form, 'layers', 'Layers', 'Of the encoder; the decoder has as many. More layers can separate the classes better, and train more slowly.', 'layers')}
      ${widths(form)}
      ${number(form, 'latent', 'Latent dimensions', 'Two can be drawn on a plane; more give sharper images.', 'latent')}
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
      ${hintWithEquation('How a reconstruction is compared with its image: L1 gives hard edges; MSE is small beside the KL term and gives the blurriest images.', 'loss')}
      ${
        isVae
          ? html`${number(form, 'beta', 'β', 'A larger β draws the points towards the prior and blurs the images.', 'beta')}
            ${number(form, 'betaWarmup', 'Epochs of warm-up for β', 'β rises from 0 over these epochs, so that a deep model learns to use its latent before the KL term is large.', 'warmup')}
            ${number(form, 'priorMean', 'Mean of the prior', 'The points gather around this value in each dimension.', 'prior')}
            ${number(form, 'priorVariance', 'Variance of the prior', 'A larger variance spreads the points, and the classes lie farther apart.', 'prior')}`
          : nothing
      }
    </fieldset>
    <fieldset>
      <legend>Optimisation</legend>
      ${number(form, 'epochs', 'Epochs', 'How many times each image is used. The learning rate falls to 0 over all epochs.', 'epochs')}
      ${number(form, 'learningRate', 'Learning rate', 'If it is too large, the points jump about; if it is too small, they hardly move.', 'rate')}
      ${number(form, 'batch', 'Batch size', 'Images in a step. Smaller batches take more steps per epoch, and each step is noisier.', 'batch')}
      ${number(form, 'seed', 'Seed', 'The same seed and recipe give the same run, to the bit.', 'seed')}
    </fieldset>
  </form>`
}

function presets({ recipe, preset: choose, invalid }: Form): TemplateResult {
  const isChosen = (preset: Recipe) => JSON.stringify(preset) === JSON.stringify(recipe)
  return html`<div class="presets">
      ${PRESETS.map(
        ({ name, words, recipe: preset }) =>
          html`<button
            type="button"
            title=${words}
            aria-pressed=${isChosen(preset)}
            @click=${() => {
              invalid.clear()
              choose(preset)
            }}
          >
            ${name}
          </button>`,
      )}
    </div>
    ${PRESETS.filter(({ recipe: preset }) => isChosen(preset)).map(({ words }) => html`<p class="hint">${words}</p>`)}`
}

/** A sentence on what a control changes, and its equation, folded. */
function hintWithEquation(words: string, about?: Parameters<typeof equation>[0]): TemplateResult {
  return html`<div class="train-explained"><span class="hint">${words}</span>${about ? equation(about) : nothing}</div>`
}

type NumberName = Exclude<
  { [K in keyof Recipe]: Recipe[K] extends number ? K : never }[keyof Recipe],
  'images'
>
type TypedName = NumberName | 'widths'

function number(
  form: Form,
  name: NumberName,
  label: string,
  hint: string,
  about: Parameters<typeof equation>[0],
): TemplateResult {
  const value = String(form.recipe[name])
  return field(form, { name, label, value, placeholder: '' }, hintWithEquation(hint, about), text => {
    const value = FIELDS[name].parse(text)
    return value === undefined ? undefined : { [name]: value, ...(name === 'layers' && { widths: [] }) }
  })
}

function widths(form: Form): TemplateResult {
  const hint = hintWithEquation(
    'Units of the hidden layers, such as 512, 256; wider layers keep more detail.',
    'widths',
  )
  const value = form.recipe.widths.join(', ')
  return field(form, { name: 'widths', label: 'Hidden widths', value, placeholder: 'auto' }, hint, text => {
    const widths = FIELDS.widths.parse(text.trim().replace(/[\s,;×]+/g, 'x'))
    return widths && { widths }
  })
}

/**
 * A text field. What is typed and is invalid stays in it, with a message that says what the recipe has instead.
 *
 * @param parse the change of the recipe that a text asks for; undefined if the text is invalid
 */
function field(
  { invalid, change, refresh }: Form,
  {
    name,
    label,
    value,
    placeholder,
  }: Record<'label' | 'value' | 'placeholder', string> & { name: TypedName },
  hint: TemplateResult,
  parse: (text: string) => Partial<Recipe> | undefined,
): TemplateResult {
  const typed = invalid.get(name)
  const take = (event: Event) => {
    const { value: text } = event.target as HTMLInputElement
    const patch = parse(text)
    if (patch) invalid.delete(name)
    else invalid.set(name, text)
    if (patch) change(patch)
    refresh()
  }
  const got = typed?.trim() ? `“${typed.trim()}”` : 'nothing'
  return html`<div class="field train-field">
    <label
      ><span class="label">${label}</span>
      <input
        type="text"
        inputmode="decimal"
        autocomplete="off"
        placeholder=${placeholder}
        .value=${typed ?? value}
        aria-invalid=${String(typed !== undefined)}
        aria-describedby=${`train-problem-${name}`}
        @change=${take}
    /></label>
    <p class="train-problem" id=${`train-problem-${name}`} role="status">${
      typed === undefined
        ? nothing
        : `Expected ${FIELDS[name].expected}, got ${got}. The recipe still has ${value || placeholder}.`
    }</p>
    ${hint}
  </div>`
}

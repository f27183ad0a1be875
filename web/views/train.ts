import '../styles/train.css'
import { html, nothing, type TemplateResult } from 'lit'
import type { AppContext, View } from '../lab/app-context.ts'
import { droppedFiles, type PickedFile } from '../lab/picked-files.ts'
import { DEFAULT_RECIPE, formatRecipe, parseRecipe, type Recipe } from '../train/recipe.ts'
import { openTrainingSession, type TrainingSession } from '../train/session.ts'
import { type Board, createBoard } from './train-board.ts'
import { exported } from './train-export.ts'
import { recipeForm } from './train-form.ts'
import { createImagesPanel } from './train-images.ts'
import { movers, statusLine } from './train-progress.ts'
import { createModelList, runList } from './train-runs.ts'

/** Opened once: training goes on while the visitor looks at other views. */
let session: TrainingSession | undefined

/** Training in the page: a recipe, the latent plane as it forms, and the runs that this browser keeps. */
export function createTrain(app: AppContext): View {
  session ??= openTrainingSession(app, () => (app.state.engine === 'webgpu' ? 'webgpu' : 'wasm'))
  const opened = session
  const boards: Board[] = []
  const recipeOf = () => parseRecipe(app.state.recipe)
  const setRecipe = (patch: Partial<Recipe>) => {
    app.set({ recipe: formatRecipe(parseRecipe(formatRecipe({ ...recipeOf(), ...patch }))) })
  }
  const images = createImagesPanel(app, opened, setRecipe)
  const models = createModelList(app, opened)

  /** Takes what was dropped or pasted: a model where a file is one, else images. */
  function take(files: PickedFile[]): void {
    const isModel = files.some(({ file }) => /\.(onnx|zip)$|^card\.json$|^model\.json$/i.test(file.name))
    if (isModel) models.bring(files.map(({ file }) => file))
    else if (files.length > 0) images.take(files)
  }
  const paste = (event: ClipboardEvent) => {
    const files = [...(event.clipboardData?.files ?? [])]
    if (files.length === 0) return
    event.preventDefault()
    take(files.map(file => ({ file, path: file.name })))
  }
  window.addEventListener('paste', paste)

  return {
    render() {
      const recipe = recipeOf()
      const { open, failure } = opened.state
      const messages = [...new Set(open.map(({ training }) => training.state.message))].filter(Boolean)
      return html`
        <div class="heading">
          <div>
            <h1>Train a model in this tab</h1>
            <p class="lead">
              Choose images and a network, press Start, and watch the latent space form. All of it happens on your
              machine: no image leaves it.
            </p>
          </div>
        </div>
        <div
          class="train"
          @dragover=${(event: DragEvent) => event.preventDefault()}
          @drop=${async (event: DragEvent) => {
            event.preventDefault()
            if (event.dataTransfer) take(await droppedFiles(event.dataTransfer))
          }}
        >
          ${recipeForm({
            recipe,
            change: setRecipe,
            preset: chosen => app.set({ recipe: formatRecipe({ ...DEFAULT_RECIPE, ...chosen }) }, 'push'),
            images: images.render(recipe),
          })}
          <div class="train-main">
            ${controlBar(recipe)}
            ${failure ? html`<p class="message" role="alert">${failure}</p>` : nothing}
            ${messages.map(message => html`<p class="message" role="status">${message}</p>`)}
            ${movers(open.map(({ training }) => training))}
            ${open.length > 0 ? runs() : introduction()}
            ${open.map(each => exported(app, opened, each))} ${runList(app, opened)} ${models.render()}
          </div>
        </div>`
    },
    close: () => window.removeEventListener('paste', paste),
  }

  function runs(): TemplateResult {
    const { open } = opened.state
    while (boards.length < open.length) boards.push(createBoard())
    return html`<div class=${open.length > 1 ? 'train-boards beside' : 'train-boards'}>
      ${open.map(({ training }, i) => boards[i].render(training, open.length > 1 ? titleOf(training) : undefined))}
    </div>`
  }

  function controlBar(recipe: Recipe): TemplateResult {
    const { open, waiting, own, drawings } = opened.state
    const phases = open.map(({ training }) => training.state.phase)
    const running = phases.includes('running')
    const opening = phases.includes('opening')
    const failed = phases.includes('failed')
    const fresh = open.length === 0 || phases.every(phase => phase === 'finished')
    const play = (until: 'end' | 'epoch' | 'step') => {
      if (failed) void opened.resume(open[0].run)
      else if (fresh) void opened.start(recipe, until)
      else opened.play(until)
    }
    const hasData = recipe.data === 'own' ? own !== undefined : recipe.data !== 'drawn' || drawings.length > 0
    const ready = !waiting && (hasData || !fresh)
    return html`<div class="bar train-bar" role="group" aria-label="Training">
      ${
        running
          ? html`<button class="primary" @click=${opened.pause}>Pause</button>`
          : html`<button class="primary" ?disabled=${!ready || opening} @click=${() => play('end')}>
              ${failed ? 'Go on from the last epoch' : fresh ? 'Start' : 'Continue'}
            </button>`
      }
      <button ?disabled=${!ready || running || failed} @click=${() => play('step')}>One step</button>
      <button ?disabled=${!ready || running || failed} @click=${() => play('epoch')}>One epoch</button>
      <button ?disabled=${open.length === 0} @click=${opened.reset}>Reset</button>
      <p class="train-status" role="status">
        ${waiting ?? (open.length === 0 ? statusLine(undefined) : open.map(({ training }) => statusLine(training)).join(' | '))}
      </p>
    </div>`
  }
}

function titleOf({ configuration }: { configuration: { architecture: { kind: 'ae' | 'vae' } } }): string {
  return configuration.architecture.kind === 'ae' ? 'Autoencoder' : 'VAE'
}

function introduction(): TemplateResult {
  return html`<div class="empty train-intro">
    <p>
      Press <strong>Start</strong>. Within seconds the classes of the test images part on a plane, blurry images appear
      below it, and both sharpen with each epoch. Try “Fast” first; then “AE against VAE”, and compare the planes.
    </p>
  </div>`
}

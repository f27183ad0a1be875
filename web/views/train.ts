import '../styles/views/train.css'
import '../styles/views/train-form.css'
import { html, nothing, type TemplateResult } from 'lit'
import type { AppContext, View } from '../lab/app-context.ts'
import { droppedFiles, type PickedFile } from '../lab/picked-files.ts'
import { createDrawQueue } from '../plot/draw-queue.ts'
import { DEFAULT_RECIPE, formatRecipe, parseRecipe, type Recipe } from '../train/recipe.ts'
import { openTrainingSession, type TrainingSession } from '../train/session/session.ts'
import { type Board, createBoard } from './train/board.ts'
import { createControlBar } from './train/control-bar.ts'
import { exportPanel } from './train/export.ts'
import { createRecipeForm } from './train/form.ts'
import { createImagesPanel } from './train/images.ts'
import { liveControls } from './train/live-controls.ts'
import { createModelList } from './train/models.ts'
import { runList } from './train/runs.ts'

/** Opens the training session, on the engine that the state names. */
export function openTraining(app: AppContext): TrainingSession {
  return openTrainingSession(app, () => (app.state.engine === 'webgpu' ? 'webgpu' : 'wasm'))
}

/**
 * Train: a recipe, the latent plane as it forms, and the runs saved in this browser.
 *
 * @param opened the session, which outlives the view: training continues while the visitor looks at other views
 */
export function createTrain(app: AppContext, opened: TrainingSession): View {
  const recipeOf = () => parseRecipe(app.state.recipe)
  const setRecipe = (patch: Partial<Recipe>) => {
    app.set({ recipe: formatRecipe(parseRecipe(formatRecipe({ ...recipeOf(), ...patch }))) })
  }
  const images = createImagesPanel(app, opened, setRecipe)
  const models = createModelList(app, opened)
  const form = createRecipeForm(app.refresh)
  const bar = createControlBar(opened)
  const boards = createBoards(app, opened)
  let queued = false
  opened.onProgress(() => {
    if (queued) return
    queued = true
    requestAnimationFrame(() => {
      queued = false
      bar.showProgress()
      boards.show()
    })
  })

  /** Takes files that were dropped or pasted: a model if one of them is a model's file, else images. */
  function take(files: PickedFile[]): void {
    const isModel = files.some(({ file }) => /\.(onnx|zip)$|^card\.json$|^model\.json$/i.test(file.name))
    if (isModel) models.importFiles(files.map(({ file }) => file))
    else if (files.length > 0) images.take(files)
  }
  const stopPasting = listenForPaste(take)

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
              Choose images and a network, press Start, and watch the latent space form. All of it runs on your
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
          ${form.render({
            recipe,
            change: setRecipe,
            preset: chosen => app.set({ recipe: formatRecipe({ ...DEFAULT_RECIPE, ...chosen }) }, 'push'),
            images: images.render(recipe),
          })}
          <div class="train-main">
            ${bar.render(recipe)}
            ${failure ? html`<p class="message" role="alert">${failure}</p>` : nothing}
            ${messages.map(message => html`<p class="message" role="status">${message}</p>`)}
            ${liveControls(open.map(({ training }) => training))}
            ${open.length > 0 ? boards.render() : introduction()}
            ${open.map(each => exportPanel(app, opened, each))} ${runList(app, opened)} ${models.render()}
          </div>
        </div>`
    },
    close() {
      stopPasting()
      opened.onProgress(() => {})
    },
  }
}

/** Calls `take` with the files of each paste. @returns a function that stops that */
function listenForPaste(take: (files: PickedFile[]) => void): () => void {
  const paste = (event: ClipboardEvent) => {
    const files = [...(event.clipboardData?.files ?? [])]
    if (files.length === 0) return
    event.preventDefault()
    take(files.map(file => ({ file, path: file.name })))
  }
  window.addEventListener('paste', paste)
  return () => window.removeEventListener('paste', paste)
}

/** A board for each open run. */
function createBoards(
  app: AppContext,
  { state }: TrainingSession,
): { show(): void; render(): TemplateResult } {
  const boards: Board[] = []
  const inTurn = createDrawQueue()
  function show(): void {
    const { open } = state
    while (boards.length < open.length) boards.push(createBoard(inTurn))
    open.forEach(({ training }, i) => {
      const isAe = training.configuration.architecture.kind === 'ae'
      boards[i].show(training, app.theme, open.length < 2 ? undefined : isAe ? 'Autoencoder' : 'VAE')
    })
  }
  return {
    show,
    render() {
      show()
      const { open } = state
      return html`<div class=${open.length > 1 ? 'train-boards beside' : 'train-boards'}>
        ${open.map((_, i) => boards[i].element)}
      </div>`
    },
  }
}

function introduction(): TemplateResult {
  return html`<div class="empty train-intro">
    <p>
      Press <strong>Start</strong>. Within seconds the classes of the test images separate on a plane, blurry images
      appear beside it, and both become clearer with each epoch. Try “Fast” first; then “AE and VAE”, and
      compare the planes.
    </p>
  </div>`
}

import '../styles/train.css'
import { html, nothing, type TemplateResult } from 'lit'
import type { AppContext, View } from '../lab/app-context.ts'
import { createChart } from '../plot/chart.ts'
import { picture } from '../plot/picture.ts'
import { createPlane } from '../plot/plane.ts'
import { axesProjection, projectGaussian } from '../plot/projection.ts'
import { droppedFiles, type PickedFile } from '../train/own-images.ts'
import { DEFAULT_RECIPE, formatRecipe, parseRecipe, type Recipe } from '../train/recipe.ts'
import { openTrainingSession } from '../train/session.ts'
import type { Training } from '../train/training.ts'
import { exported } from './train-export.ts'
import { recipeForm } from './train-form.ts'
import { figuresTable, movers, statusLine } from './train-progress.ts'
import { modelList, runList } from './train-runs.ts'

/** Training in the page: a recipe, the latent plane as it forms, and the runs that this browser keeps. */
export function createTrain(app: AppContext): View {
  const session = openTrainingSession(app, () => (app.state.engine === 'webgpu' ? 'webgpu' : 'wasm'))
  const plane = createPlane({})
  const losses = createChart()
  const kl = createChart()
  const own = { side: 28, invert: false, files: [] as PickedFile[] }

  const recipeOf = () => parseRecipe(app.state.recipe)
  const setRecipe = (patch: Partial<Recipe>) => {
    app.set({ recipe: formatRecipe(parseRecipe(formatRecipe({ ...recipeOf(), ...patch }))) })
  }
  const readOwn = (files: PickedFile[]) => {
    if (files.length > 0) own.files = files
    setRecipe({ data: 'own' })
    if (own.files.length > 0) void session.readOwn(own.files, own.side, own.invert)
  }

  function showPlane(training: Training): void {
    const { architecture, prior } = training.configuration
    const projection = axesProjection(architecture.latentDim, [0, 1])
    const { snapshot } = training.state
    const { labels } = training.data.test
    const images = snapshot ? snapshot.mu.length / architecture.latentDim : 0
    plane.show({
      projection,
      latents: snapshot && { mu: snapshot.mu, label: labels?.subarray(0, images), images },
      prior: architecture.kind === 'vae' ? projectGaussian(projection, prior) : undefined,
      hidden: new Set(),
      names: [],
      z: new Float32Array(architecture.latentDim),
      point: false,
      marginals: false,
      label: `Latent plane: ${images} test images where the encoder puts them after epoch ${training.state.epoch}`,
    })
  }

  function showCharts({ state, configuration }: Training): void {
    const epochs = state.figures.map(({ epoch }) => epoch)
    losses.show(
      epochs,
      [
        { values: state.figures.map(({ train }) => train.loss), colour: 0 },
        { values: state.figures.map(({ validation }) => validation.loss), dashed: true },
      ],
      { x: 'epoch', y: 'loss, nats per image' },
    )
    if (configuration.architecture.kind === 'vae') {
      kl.show(epochs, [{ values: state.figures.map(({ validation }) => validation.kl), colour: 3 }], {
        x: 'epoch',
        y: 'KL, nats per image',
      })
    }
  }

  function running(training: Training): TemplateResult {
    const { state, data } = training
    showPlane(training)
    showCharts(training)
    const size = { height: data.height, width: data.width, name: data.name }
    const pixels = size.height * size.width
    const { snapshot } = state
    return html`
      <section class="train-plane" aria-label="Latent plane">
        ${plane.element}
        ${classLegend(data.classes)}
      </section>
      <section class="train-pictures" aria-label="What the model makes of images">
        <h2>Ten test images, and what comes back</h2>
        <div class="pairs">
          ${Array.from({ length: Math.min(10, data.test.count) }, (_, i) => {
            const given = data.test.pixels.subarray(i * pixels, (i + 1) * pixels)
            return html`<div>
              <canvas role="img" aria-label=${`Test image ${i + 1}`} ${picture(given.length ? Float32Array.from(given, v => v / 255) : undefined, size)}></canvas>
              <canvas role="img" aria-label=${`Reconstruction of test image ${i + 1}`} ${picture(snapshot?.reconstructions, size, i * pixels)}></canvas>
            </div>`
          })}
        </div>
        <h2>Sixteen images decoded from fixed random points</h2>
        <div class="samples">
          ${Array.from({ length: 16 }, (_, i) => html`<canvas role="img" aria-label=${`Sample ${i + 1}`} ${picture(snapshot?.samples, size, i * pixels)}></canvas>`)}
        </div>
      </section>
      <section class="train-curves" aria-label="Curves">
        <h2>Loss of an epoch’s training images (line) and of held-out images (dashed)</h2>
        ${losses.element}
        ${training.configuration.architecture.kind === 'vae' ? html`<h2>KL divergence to the prior, held-out images</h2>${kl.element}` : nothing}
        ${figuresTable(state)}
      </section>`
  }

  return {
    render() {
      const recipe = recipeOf()
      const { training } = session
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
            if (event.dataTransfer) readOwn(await droppedFiles(event.dataTransfer.items))
          }}
        >
          ${recipeForm({
            recipe,
            own: session.own,
            choice: own,
            change: setRecipe,
            preset: chosen => app.set({ recipe: formatRecipe({ ...DEFAULT_RECIPE, ...chosen }) }, 'push'),
            pick: readOwn,
            changeOwn: patch => {
              Object.assign(own, patch)
              if (own.files.length > 0) readOwn([])
              else app.refresh()
            },
          })}
          <div class="train-main">
            ${controlBar(recipe)}
            ${session.failure ? html`<p class="message" role="alert">${session.failure}</p>` : nothing}
            ${training?.state.message ? html`<p class="message" role="status">${training.state.message}</p>` : nothing}
            ${training ? movers(training) : nothing}
            ${training ? html`<div class="train-board">${running(training)}</div>` : introduction()}
            ${exported(app, session)} ${runList(app, session)} ${modelList(app, session)}
          </div>
        </div>`
    },
    close: () => session.close(),
  }

  function controlBar(recipe: Recipe): TemplateResult {
    const { training, waiting } = session
    const phase = training?.state.phase
    const fresh = !training || phase === 'failed' || phase === 'finished'
    const play = (until: 'end' | 'epoch' | 'step') =>
      fresh ? void session.start(recipe, until) : training.play(until)
    const ready = !waiting && (recipe.data !== 'own' || session.own !== undefined)
    return html`<div class="bar train-bar" role="group" aria-label="Training">
      ${
        phase === 'running'
          ? html`<button class="primary" @click=${() => training?.pause()}>Pause</button>`
          : html`<button class="primary" ?disabled=${!ready} @click=${() => play('end')}>
              ${fresh ? 'Start' : 'Continue'}
            </button>`
      }
      <button ?disabled=${!ready || phase === 'running'} @click=${() => play('step')}>One step</button>
      <button ?disabled=${!ready || phase === 'running'} @click=${() => play('epoch')}>One epoch</button>
      <button ?disabled=${!training} @click=${() => session.reset()}>Reset</button>
      <p class="train-status" role="status">${waiting ?? statusLine(training)}</p>
    </div>`
  }
}

function introduction(): TemplateResult {
  return html`<div class="empty train-intro">
    <p>
      Press <strong>Start</strong>. Within seconds the classes of the test images part on a plane, blurry images appear
      below it, and both sharpen with each epoch. Try “Fast” first; then “Autoencoder”, and compare the planes.
    </p>
  </div>`
}

function classLegend(classes: readonly string[]): TemplateResult | typeof nothing {
  if (classes.length === 0) return nothing
  return html`<ul class="legend" aria-label="Colours of the classes">
    ${classes.map((name, i) => html`<li class="chip" style=${`--colour: var(--class-${i % 10})`}><i></i>${name}</li>`)}
  </ul>`
}

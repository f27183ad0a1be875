import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../models/card.ts'
import { printImage, testIndex } from '../../models/images/image-code.ts'
import { modelTitle } from '../../models/model-title.ts'
import type { Listed, Model } from '../catalog/catalog.ts'
import { ready } from '../catalog/resource.ts'
import { createPad } from '../ink/pad.ts'
import { readDrawing, readsDigits } from '../ink/reading.ts'
import type { AppContext, View } from '../lab/app-context.ts'
import { listenForPictures } from '../lab/dropped-pictures.ts'
import { heading } from '../lab/heading.ts'
import { sourceImage } from '../lab/source-image.ts'
import { loadingPlaceholder } from '../lab/status.ts'
import { imagePicker } from './image/image-picker.ts'
import { createOwnPicture } from './image/own-picture.ts'
import { createReader, type Reader, reconstructionExplanation } from './image/reconstruction.ts'

/** How many models an image goes through at first. */
const FIRST_MODELS = 3
/** The models added at first have at most this many latent dimensions, because their files are small. */
const SMALL_DIM = 16

/** Reconstruct: one image, encoded and decoded by several models side by side. */
export function createReconstruct(app: AppContext): View {
  const readers = new Map<string, Reader>()
  let size: Card['dataset'] | undefined
  let encodes = false
  const own = createOwnPicture(app, pixels => {
    const kind = size && readsDigits(size) ? 'drawing' : 'picture'
    app.set({ x: printImage(pixels, kind) })
  })
  const pad = createPad(
    () => app.theme.ink,
    drawing => {
      own.clear()
      if (size) app.set({ x: printImage(readDrawing(drawing, size), 'drawing') })
    },
  )
  const stopListening = listenForPictures(file => {
    if (size) void own.take(file, size)
  })

  function reader(model: Model): Reader {
    let made = readers.get(model.id)
    if (!made) readers.set(model.id, (made = createReader(app, model, () => encodes)))
    return made
  }

  function startEncoding(): void {
    encodes = true
    app.refresh()
  }

  function content(model: Model, card: Card): TemplateResult {
    size = card.dataset
    const latents = ready(model.latents())
    const pixels = sourceImage(app, card.dataset)
    const siblings = modelsOfSameData(app, card)
    const among = modelsShown(app, model, siblings)
    return html`<div class="reconstruct">
      <section class="source" aria-label="The image">
        ${imagePicker(app, card, latents, pixels)}
        ${testIndex(app.state.x) === undefined ? own.steps(card.dataset) : nothing}
        <div class="own">
        <h2>Or use your own image</h2>
        ${card.dataset.name === 'mnist' ? html`<p class="hint">Draw a digit; it is centred and scaled as the training images were.</p> ${pad.element}` : nothing}
        <div class="actions">
          ${own.buttons(card.dataset)}
          ${card.dataset.name === 'mnist' ? html`<button @click=${pad.clear}>Clear the pad</button>` : nothing}
        </div>
        <p class="hint">Or drop a picture anywhere on this page, or paste one.</p>
        </div>
      </section>
      <section class="readers" aria-label="Reconstructions">
        ${modelChecks(app, siblings, among, encodeButton(app, encodes, startEncoding))}
        ${among.map(one => reader(one).render(pixels))} ${reconstructionExplanation()}
      </section>
    </div>`
  }

  return {
    render() {
      const model = app.model()
      const card = ready(model?.card)
      return html`${heading(
        app,
        'Encode and reconstruct an image',
        'Each model encodes the image to a few numbers and decodes it again: see what it keeps and what it loses.',
      )}
      ${loadingPlaceholder(app) ?? (model && card ? content(model, card) : nothing)}`
    },
    close: stopListening,
  }
}

/** Encoders are as large as decoders, so they are fetched only when the visitor asks for it. */
function encodeButton(app: AppContext, encodes: boolean, start: () => void): TemplateResult {
  if (!encodes && testIndex(app.state.x) !== undefined) {
    return html`<button @click=${start}>Encode it in this browser: KL and draws</button>`
  }
  const drawAgain = () => app.set({ seed: Math.floor(Math.random() * 1e6) })
  return html`<button @click=${drawAgain}>Draw from the posteriors again</button>`
}

/** The models of the same data set. */
function modelsOfSameData(app: AppContext, card: Card): Listed[] {
  return (ready(app.catalog.list) ?? []).filter(one => one.available && one.dataset === card.dataset.name)
}

/** The models that the state names; or else the chosen one and the next small ones. */
function modelsShown(app: AppContext, model: Model, siblings: readonly Listed[]): Model[] {
  const named = siblings.filter(({ id }) => app.state.among.includes(id))
  if (named.length > 0) return named.map(({ id }) => app.catalog.model(id))
  const small = siblings.filter(({ id, latentDim = 0 }) => id !== model.id && latentDim <= SMALL_DIM)
  return [model, ...small.slice(0, FIRST_MODELS - 1).map(({ id }) => app.catalog.model(id))]
}

function modelChecks(
  app: AppContext,
  siblings: readonly Listed[],
  among: readonly Model[],
  button: TemplateResult,
): TemplateResult {
  const flip = (id: string) => {
    const ids = among.map(one => one.id)
    const next = ids.includes(id) ? ids.filter(other => other !== id) : [...ids, id]
    if (next.length > 0) app.set({ among: next })
  }
  return html`<div class="readers-head">
    <details class="checks">
      <summary>${among.length} of ${siblings.length} models</summary>
      <div role="group" aria-label="Models shown">
        ${siblings.map(
          one => html`<label class="toggle">
            <input
              type="checkbox"
              .checked=${among.some(({ id }) => id === one.id)}
              @change=${() => flip(one.id)}
            />
            <span>${modelTitle(one)}</span>
          </label>`,
        )}
      </div>
    </details>
    ${button}
  </div>`
}

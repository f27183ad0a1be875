import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../models/card.ts'
import { drawClass, drawPrior } from '../../models/latent.ts'
import type { Model, Network } from '../catalog/catalog.ts'
import { ready } from '../catalog/resource.ts'
import { type AppContext, decode, latest, type View } from '../lab/app-context.ts'
import { slider } from '../lab/controls.ts'
import { saveSheet } from '../lab/download.ts'
import { heading, lesson } from '../lab/heading.ts'
import { type State, writeState } from '../lab/state.ts'
import { progress, waitFor } from '../lab/status.ts'
import { picture } from '../plot/picture.ts'
import { createTwin } from './api-preview.ts'

/** New images: draws from the prior or from a class, decoded, with a shelf for those worth keeping. */
export function createSample(app: AppContext): View {
  let sheet: { z: Float32Array; xhat: Float32Array; key: string } | undefined
  let kept: { xhat: Float32Array; key: string } | undefined
  let asked = ''
  let askedKept = ''
  const twin = createTwin(app)
  const newest = latest(() => {})
  const newestKept = latest(() => {})

  function update(card: Card, decoder: Network): void {
    const { seed, n, from, temperature, keep } = app.state
    const key = [card.id, card.version, seed, n, from, temperature, app.engines.current].join()
    if (key !== asked) {
      asked = key
      const z = draw(card, app.state)
      newest(async () => {
        const outputs = await decode(app, decoder, z)
        sheet = { z, xhat: outputs.xhat, key }
        app.refresh()
        return outputs
      })
    }
    const points = keep.filter(z => z.length === card.architecture.latentDim)
    const keptKey = `${card.id} ${points.join(';')}`
    if (keptKey === askedKept) return
    askedKept = keptKey
    newestKept(async () => {
      const outputs = points.length > 0 ? await decode(app, decoder, Float32Array.from(points.flat())) : {}
      kept = { xhat: outputs.xhat ?? new Float32Array(), key: keptKey }
      app.refresh()
      return outputs
    })
  }

  function content(model: Model, card: Card): TemplateResult {
    const decoder = ready(model.decoder())
    if (decoder) update(card, decoder)
    return html`<div class="sample">
      ${controls(app, card)} ${progress('Fetching the decoder', model.decoder().state, model.decoder().retry)}
      <section aria-label="Samples">
        <div class="sheet" style=${`--columns: ${Math.ceil(Math.sqrt(app.state.n))}`}>
          ${tiles(app, card, sheet)}
        </div>
        <div class="actions">
          <button
            ?disabled=${!sheet}
            @click=${() => sheet && saveSheet(sheet.xhat, card.dataset, `${card.id}-seed${app.state.seed}.png`)}
          >
            Download PNG
          </button>
          <p class="hint">Press an image to keep it. The same seed gives the same images, here and from the API.</p>
        </div>
      </section>
      <div class="sample-side">
        ${shelf(app, card, kept?.xhat)} ${twin(card)} ${lessons(card)}
      </div>
    </div>`
  }

  return {
    render() {
      const model = app.model()
      const card = ready(model?.card)
      return html`${heading(app, 'Draw new images', 'Pick a random point where images are likely to live, and decode it. Nobody has drawn these before.')}
      ${waitFor(app) ?? (model && card ? content(model, card) : nothing)}`
    },
  }
}

/** The latents that a state's sample consists of, [n, D_z]: the API's for the same numbers, to the bit. */
function draw(card: Card, { from, n, seed, temperature }: State): Float32Array {
  const moments = card.latent.classes[Number(from)]
  return from !== 'prior' && moments
    ? drawClass(moments, n, seed, temperature)
    : drawPrior(card.prior, n, seed, temperature)
}

function controls(app: AppContext, card: Card): TemplateResult {
  const { seed, n, from, temperature } = app.state
  const value = (event: Event) => (event.target as HTMLInputElement).value
  return html`<div class="bar" role="group" aria-label="What to draw">
    <label class="field"
      ><span class="label">From</span>
      <select @change=${(e: Event) => app.set({ from: value(e) })}>
        <option value="prior" ?selected=${from === 'prior'}>the prior</option>
        ${card.dataset.classes.map(
          (name, i) => html`<option value=${i} ?selected=${from === String(i)}>class ${name}</option>`,
        )}
      </select></label
    >
    <label class="field"
      ><span class="label">Images</span>
      <select @change=${(e: Event) => app.set({ n: Number(value(e)) })}>
        ${[...new Set([1, 4, 16, 36, 64, 100, n])]
          .sort((a, b) => a - b)
          .map(option => html`<option ?selected=${option === n}>${option}</option>`)}
      </select></label
    >
    <div class="bar-slider">
      ${slider('Temperature', temperature, { min: 0, max: 3, step: 0.05 }, t => app.set({ temperature: t }))}
    </div>
    <label class="field"
      ><span class="label">Seed</span>
      <input
        type="number"
        min="0"
        max="4294967295"
        step="1"
        .value=${String(seed)}
        @change=${(e: Event) => {
          const next = Number(value(e))
          if (Number.isInteger(next) && next >= 0 && next <= 0xffffffff) app.set({ seed: next })
          else app.tell('A seed is a whole number from 0 to 4294967295.')
        }}
      /></label>
    <button class="primary" @click=${() => app.set({ seed: Math.floor(Math.random() * 1e6) })}>Reroll</button>
  </div>`
}

function tiles(
  app: AppContext,
  card: Card,
  sheet: { z: Float32Array; xhat: Float32Array } | undefined,
): TemplateResult[] {
  const area = card.dataset.width * card.dataset.height
  const d = card.architecture.latentDim
  return Array.from({ length: app.state.n }, (_, i) => {
    const z = sheet && Array.from(sheet.z.subarray(i * d, (i + 1) * d), value => Number(value.toFixed(4)))
    const at = z ? app.state.keep.findIndex(kept => kept.join() === z.join()) : -1
    const press = () => {
      if (!z || z.length < d) return
      app.set({
        keep: at >= 0 ? app.state.keep.filter((_, k) => k !== at) : [...app.state.keep, z].slice(-24),
      })
    }
    const there = sheet && sheet.xhat.length >= (i + 1) * area
    return html`<button class="tile" aria-pressed=${at >= 0 ? 'true' : 'false'} @click=${press}>
      <canvas
        role="img"
        aria-label=${`Sample ${i + 1}${z ? `, z = ${z.map(v => v.toFixed(2)).join(', ')}` : ''}`}
        ${picture(there ? sheet.xhat : undefined, card.dataset, i * area)}
      ></canvas>
    </button>`
  })
}

function shelf(app: AppContext, card: Card, xhat: Float32Array | undefined): TemplateResult {
  const area = card.dataset.width * card.dataset.height
  const points = app.state.keep.filter(z => z.length === card.architecture.latentDim)
  return html`<section class="shelf" aria-label="Kept images">
    <h2>Kept</h2>
    ${
      points.length === 0
        ? html`<p class="hint">Nothing yet. What you keep stays in this page’s address.</p>`
        : html`<div class="kept">
            ${points.map(
              (z, i) => html`<a
                class="tile"
                href=${writeState({ ...app.state, view: 'explore', z })}
                @click=${(event: MouseEvent) => {
                  event.preventDefault()
                  app.set({ view: 'explore', z }, 'push')
                }}
              >
                <canvas
                  role="img"
                  aria-label=${`Kept image ${i + 1}: open it on the plane`}
                  ${picture(xhat && xhat.length >= (i + 1) * area ? xhat : undefined, card.dataset, i * area)}
                ></canvas>
              </a>`,
            )}
          </div>
          <button @click=${() => app.set({ keep: [] })}>Clear</button>`
    }
  </section>`
}

function lessons(card: Card): TemplateResult {
  return lesson(
    'Why random points work',
    card.architecture.kind === 'vae'
      ? 'Training kept the images near the prior, so a draw from the prior lands among them. A low temperature stays close to the middle and gives safe, average images; a high one goes further out, to stranger ones.'
      : 'This model is a plain autoencoder: nothing made its images follow the prior, so a draw from it may land far from all of them. Draw by class, where the images are, or compare with a VAE.',
    html`<p class="equation">z = mean + T · √variance · ε, &emsp; ε ~ 𝒩(0, I), &emsp; x̂ = decoder(z)</p>`,
  )
}

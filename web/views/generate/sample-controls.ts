import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { sampleSource } from '../../../models/first-view.ts'
import { placedClasses } from '../../../models/latent/draws.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { slider } from '../../lab/controls.ts'
import { isConditional } from '../../lab/points.ts'

/** The controls of what is sampled: source, number, temperature and seed. */
export function sampleControls(app: AppContext, card: Card): TemplateResult {
  const { temperature } = app.state
  return html`<div class="bar" role="group" aria-label="What to draw">
    ${sourceMenu(app, card)} ${countMenu(app)}
    <div class="bar-slider">
      ${slider('Temperature', temperature, { min: 0, max: 3, step: 0.05 }, t => app.set({ temperature: t }))}
    </div>
    ${seedControl(app)}
    <button class="primary" @click=${() => app.set({ seed: Math.floor(Math.random() * 1e6) })}>Draw again</button>
  </div>`
}

const inputValue = (event: Event) => (event.target as HTMLInputElement).value

function sourceMenu(app: AppContext, card: Card): TemplateResult {
  const source = sampleSource(app.state.from, card)
  const whole = card.density !== undefined ? 'all images' : 'the prior'
  return html`<label class="field"
    ><span class="label">Draw from</span>
    <select @change=${(event: Event) => app.set({ from: inputValue(event) })}>
      <option value="any" ?selected=${source === 'any'}>${isConditional(card) ? 'every class' : whole}</option>
      ${card.density !== undefined ? html`<option value="prior" ?selected=${source === 'prior'}>the prior</option>` : nothing}
      ${placedClasses(card).map(
        i => html`<option value=${i} ?selected=${source === i}>class ${card.dataset.classes[i]}</option>`,
      )}
    </select></label
  >`
}

function countMenu(app: AppContext): TemplateResult {
  const { n } = app.state
  return html`<label class="field"
    ><span class="label">Images</span>
    <select @change=${(event: Event) => app.set({ n: Number(inputValue(event)) })}>
      ${[...new Set([1, 4, 16, 36, 64, 100, n])]
        .sort((a, b) => a - b)
        .map(option => html`<option ?selected=${option === n}>${option}</option>`)}
    </select></label
  >`
}

/** A field for the seed. */
export function seedControl(app: AppContext): TemplateResult {
  return html`<label class="field"
    ><span class="label">Seed</span>
    <input
      type="number"
      min="0"
      max="4294967295"
      step="1"
      .value=${String(app.state.seed)}
      @change=${(event: Event) => {
        const next = Number(inputValue(event))
        if (Number.isInteger(next) && next >= 0 && next <= 0xffffffff) app.set({ seed: next })
        else
          app.tell(
            `Expected a seed from 0 to 4294967295 (a whole number), got ${inputValue(event) || 'nothing'}.`,
          )
      }}
  /></label>`
}

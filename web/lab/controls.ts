import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../models/card.ts'
import type { Model } from '../catalog/catalog.ts'
import { groupModels } from '../catalog/model-groups.ts'
import { type Loadable, ready } from '../catalog/resource.ts'
import type { AppContext } from './app-context.ts'
import type { State } from './state.ts'

/** What stands in a view's place while the catalog or a card is on its way or cannot be had. */
export function waitFor(app: AppContext): TemplateResult | undefined {
  const list = app.catalog.list
  if (list.state.status === 'failed') return failure(list.state.message, () => list.retry())
  const model = app.model()
  if (model?.card.state.status === 'failed')
    return failure(model.card.state.message, () => model.card.retry())
  if (list.state.status === 'ready' && list.state.value.length === 0) {
    return html`<p class="empty">This server has no models yet. Train and export one, and it appears here.</p>`
  }
  if (!ready(model?.card))
    return html`<div class="skeleton" role="status"><span>Fetching the model’s card…</span></div>`
  return undefined
}

/** Says what failed, with a way to try again. */
export function failure(message: string, retry: () => void): TemplateResult {
  return html`<div class="empty" role="alert">
    <p>${message}</p>
    <button @click=${retry}>Try again</button>
  </div>`
}

/** A line for something on its way, with its progress when that is known; nothing once it is there. */
export function progress(
  what: string,
  state: Loadable<unknown>,
  retry: () => void,
): TemplateResult | typeof nothing {
  if (state.status === 'ready') return nothing
  if (state.status === 'failed') return failure(state.message, retry)
  const done = state.total ? state.received / state.total : undefined
  return html`<p class="progress" role="status">
    <span>${what}${state.received ? ` · ${(state.received / 1000).toFixed(0)} kB` : '…'}</span>
    <progress .value=${done ?? nothing} max="1" aria-label=${what}></progress>
  </p>`
}

/** Chooses a model into the state's `key`. */
export function modelPicker(
  app: AppContext,
  key: 'model' | 'other',
  chosen: string | undefined,
  label = 'Model',
): TemplateResult | typeof nothing {
  const list = ready(app.catalog.list)
  if (!list) return nothing
  const change = (event: Event) => {
    const id = (event.target as HTMLSelectElement).value
    app.set(key === 'model' ? { model: id, z: [], hide: [] } : { [key]: id }, 'push')
  }
  return html`<label class="field">
    <span class="label">${label}</span>
    <select @change=${change} .value=${chosen ?? ''}>
      ${groupModels(list).map(
        ({ title, models }) =>
          html`<optgroup label=${title}>
            ${models.map(
              ({ id, available }) =>
                html`<option value=${id} ?selected=${id === chosen} ?disabled=${!available}>${id}</option>`,
            )}
          </optgroup>`,
      )}
    </select>
  </label>`
}

/** A card in one line, for people who know the field. */
export function summary(card: Card): string {
  const { architecture: a, objective } = card
  const kind = a.kind === 'ae' ? 'AE' : objective.beta === 1 ? 'VAE' : `β-VAE, β = ${objective.beta}`
  const bce = metric(card, 'bce')
  return [
    kind,
    plural(a.layers, 'layer'),
    plural(a.latentDim, 'latent dimension'),
    `${card.parameters.toLocaleString('en')} parameters`,
    ...(bce === undefined ? [] : [`test BCE ${bce.toFixed(4)} nats per pixel`]),
  ].join(' · ')
}

/** A card's metric over the test set with z = mu. */
export function metric(card: Card, name: Card['metrics'][number]['name']): number | undefined {
  const found = card.metrics.find(m => m.name === name && m.split === 'test' && m.latent === 'mu')
  return typeof found?.value === 'number' ? found.value : undefined
}

function plural(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? '' : 's'}`
}

/** An on/off control. */
export function toggle(label: string, on: boolean, change: (on: boolean) => void): TemplateResult {
  return html`<label class="toggle">
    <input type="checkbox" .checked=${on} @change=${(e: Event) => change((e.target as HTMLInputElement).checked)} />
    <span>${label}</span>
  </label>`
}

/** A slider with its value beside it. */
export function slider(
  label: string,
  value: number,
  range: { min: number; max: number; step: number; print?: (value: number) => string },
  change: (value: number) => void,
): TemplateResult {
  const print = range.print ?? (v => v.toFixed(2).replace('-', '−'))
  return html`<label class="slider">
    <span class="label">${label}</span>
    <input
      type="range"
      min=${range.min}
      max=${range.max}
      step=${range.step}
      .value=${String(value)}
      aria-valuetext=${print(value)}
      @input=${(e: Event) => change(Number((e.target as HTMLInputElement).value))}
    />
    <output>${print(value)}</output>
  </label>`
}

/** A few choices of which one holds. */
export function choices<T extends string>(
  label: string,
  options: readonly (readonly [T, string])[],
  value: T,
  change: (value: T) => void,
): TemplateResult {
  return html`<fieldset class="choices">
    <legend class="label">${label}</legend>
    ${options.map(
      ([option, text]) => html`<label>
        <input
          type="radio"
          name=${`choice-${label}`}
          .checked=${option === value}
          @change=${() => change(option)}
        /><span>${text}</span>
      </label>`,
    )}
  </fieldset>`
}

/** A heading with the model and one sentence that says what the view is for. */
export function heading(
  app: AppContext,
  title: string,
  lead: TemplateResult | string,
  more?: TemplateResult | typeof nothing,
): TemplateResult {
  const card = ready(app.model()?.card)
  return html`<div class="heading">
    <div>
      <h1>${title}</h1>
      <p class="lead">${lead}</p>
    </div>
    <div class="heading-controls">
      ${modelPicker(app, 'model', app.model()?.id)} ${more ?? nothing}
      ${card ? html`<p class="summary">${summary(card)}</p>` : nothing}
    </div>
  </div>`
}

/** Words that teach, with the equation a click away. */
export function lesson(
  title: string,
  words: TemplateResult | string,
  equation?: TemplateResult,
): TemplateResult {
  return html`<section class="lesson">
    <h2>${title}</h2>
    <p>${words}</p>
    ${equation ? html`<details><summary>The equation</summary>${equation}</details>` : nothing}
  </section>`
}

/** The test set's classes, each a button that hides or shows it. */
export function legend(app: AppContext, model: Model): TemplateResult | typeof nothing {
  const classes = ready(model.card)?.dataset.classes ?? []
  if (classes.length === 0) return nothing
  const hidden = new Set(app.state.hide)
  const flip = (index: number, alone: boolean) => {
    const all = classes.map((_, i) => i)
    const onlyThis = hidden.size === classes.length - 1 && !hidden.has(index)
    const hide = alone
      ? onlyThis
        ? []
        : all.filter(i => i !== index)
      : all.filter(i => (i === index ? !hidden.has(i) : hidden.has(i)))
    app.set({ hide } satisfies Partial<State>)
  }
  return html`<div class="legend" role="group" aria-label="Classes shown; double-click one to see it alone">
    ${classes.map(
      (name, i) => html`<button
        class="chip"
        aria-pressed=${hidden.has(i) ? 'false' : 'true'}
        style=${`--colour: var(--class-${i % 10})`}
        @click=${() => flip(i, false)}
        @dblclick=${() => flip(i, true)}
      >
        <i></i>${name}
      </button>`,
    )}
  </div>`
}

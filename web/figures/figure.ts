import { html, nothing, type TemplateResult } from 'lit'
import { ref } from 'lit/directives/ref.js'
import type { Figure } from '../../models/paper/figure-list.ts'
import { type Resource, ready } from '../catalog/resource.ts'
import type { AppContext } from '../lab/app-context.ts'
import { failure } from '../lab/status.ts'
import { numbersOf } from './figure-numbers.ts'
import { classesOf, missing } from './model-labels.ts'
import { type FigureShared, open } from './panels/panel.ts'
import { playground } from './playground-link.ts'
import { type Row, rowsOf } from './rows.ts'

/** Seed of the first draws of every figure. */
const SEED = 7

/** One of the paper's figures. It starts to load when it comes near the window. */
export interface FigureView {
  render(): TemplateResult
}

/** @param watch calls `show` once the element comes near the window */
export function createFigure(
  app: AppContext,
  shared: FigureShared,
  figure: Figure,
  watch: (element: Element | undefined, show: () => void) => void,
): FigureView {
  let near = false
  let seed = SEED
  let rows: Row[] | undefined
  let present: readonly string[] = []
  const watched = ref(element =>
    watch(element, () => {
      near = true
      app.refresh()
    }),
  )

  /** Puts the figure into the address, so that the browser's back button returns to it. */
  const marked = {
    capture: true,
    handleEvent() {
      history.replaceState(history.state, '', `${location.search}#figure-${figure.slug}`)
    },
  }

  /** The figure's models that the catalog has. */
  function choose(): void {
    const listed = new Set((ready(app.catalog.list) ?? []).filter(one => one.available).map(one => one.id))
    const now = figure.models.filter(id => listed.has(id))
    if (rows && now.join() === present.join()) return
    present = now
    rows = rowsOf(app, shared, figure, new Set(now), () => seed)
  }

  function draw(next: number): void {
    seed = next
    app.say(`Drawn again, with seed ${seed}`)
    app.refresh()
  }

  return {
    render() {
      choose()
      const all = (rows as Row[]).flatMap(row => row.panels)
      const needs = near ? [...new Set(all.flatMap(panel => panel.needs()))] : []
      const body = (rows as Row[]).map(row => rowTemplate(row, near, all.length))
      const state = stateOf(near, needs, all.length > 0, () => all.every(panel => panel.drawn()))
      const beside = (rows as Row[]).length === 1 && !rows?.[0].wide && all.length > 0 && all.length < 3
      return html`<figure
        class=${beside ? 'paper-figure beside' : 'paper-figure'}
        style=${beside ? `--panels: ${all.length}; --rest: ${3 - all.length}` : nothing}
        id=${`figure-${figure.slug}`}
        data-figure=${figure.slug}
        data-state=${state}
        aria-busy=${state === 'loading' ? 'true' : 'false'}
        aria-label=${`${numbersOf(figure.numbers)}: ${figure.title}`}
        @click=${marked}
        ${watched}
      >
        ${head(app, figure, present)} ${tools(figure, present, seed, draw)}
        <div class="figure-body">
          ${all.length === 0 ? html`<p class="none">${NO_MODELS}</p>` : body}
          ${state === 'failed' ? retryAll(needs) : nothing}
        </div>
        ${caption(figure, present, all.length > 0)}
      </figure>`
    },
  }
}

const NO_MODELS = 'This server has none of the models of this figure.'

function stateOf(near: boolean, needs: Resource<unknown>[], any: boolean, drawn: () => boolean): string {
  if (!any) return 'empty'
  if (!near) return 'waiting'
  if (needs.some(one => one.state.status === 'failed')) return 'failed'
  return needs.every(one => one.state.status === 'ready') && drawn() ? 'ready' : 'loading'
}

function retryAll(needs: readonly Resource<unknown>[]): TemplateResult {
  const failed = needs.filter(one => one.state.status === 'failed')
  const messages = failed.map(one => (one.state.status === 'failed' ? one.state.message : ''))
  return html`<div class="figure-failure">
    ${failure(messages[0], () => failed.forEach(one => void one.retry()))}
  </div>`
}

function head(app: AppContext, figure: Figure, present: readonly string[]): TemplateResult {
  const place = playground(figure, present)
  return html`<header class="figure-head">
    <h3>
      <a class="figure-numbers" href=${`#figure-${figure.slug}`}>${numbersOf(figure.numbers)}</a>
      ${figure.title}
    </h3>
    ${place ? open(app, `Open in ${place.name}`, place.state) : nothing}
  </header>`
}

/** The classes' colours, and the seed of the draws. */
function tools(
  { panels, models }: Figure,
  present: readonly string[],
  seed: number,
  draw: (seed: number) => void,
): TemplateResult | typeof nothing {
  const classes = panels.includes('latent') && present.length > 0 ? classesOf(models[0]) : []
  const drawn = panels.includes('samples') && present.length > 0
  if (classes.length === 0 && !drawn) return nothing
  return html`<div class="figure-tools">
    <ul class="class-key" aria-label="Classes">
      ${classes.map((name, i) => html`<li style=${`--colour: var(--class-${i % 10})`}>${name}</li>`)}
    </ul>
    ${
      drawn
        ? html`<div class="draw">
            <span>seed ${seed}</span>
            <button @click=${() => draw(Math.floor(Math.random() * 1e6))}>Draw again</button>
          </div>`
        : nothing
    }
  </div>`
}

function rowTemplate(row: Row, near: boolean, total: number): TemplateResult {
  const panels = row.panels.map(panel => panel.render(near))
  return html`${row.title ? html`<h4>${row.title}</h4>` : nothing}
    ${row.wide ? panels : html`<div class=${row.panels.length === 4 && total > 3 ? 'panels four' : 'panels'}>${panels}</div>`}`
}

function caption(
  { paper, found, models, panels }: Figure,
  present: readonly string[],
  any: boolean,
): TemplateResult {
  const needed = panels.some(kind => kind !== 'losses') && any
  const lacking = needed ? missing(models, new Set(present)) : ''
  return html`<figcaption>
    <p><b>In the paper</b> ${paper}</p>
    ${any && found ? html`<p><b>Here</b> ${found}</p>` : nothing}
    ${lacking ? html`<p class="lacking">Models that this server does not have: ${lacking}.</p>` : nothing}
  </figcaption>`
}

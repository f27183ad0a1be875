import '../styles/styles.css'
import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../models/card.ts'
import { placedClasses, pointSize } from '../../models/latent/draws.ts'
import { locate } from '../../models/latent/endpoints.ts'
import type { Model, Network } from '../catalog/catalog.ts'
import { ready } from '../catalog/resource.ts'
import { type AppContext, decode, latest, type View } from '../lab/app-context.ts'
import { heading, lesson } from '../lab/heading.ts'
import { isConditional } from '../lab/points.ts'
import { progress, waitFor } from '../lab/status.ts'
import { picture } from '../plot/picture.ts'
import { createJudgeOpinion } from './judge-opinion.ts'
import { seedControl } from './sample-controls.ts'
import { createWriting } from './writing.ts'

/** Handwritings shown below one another. */
const ROWS = 6
/** Classes shown in one line; more of them wrap. */
const MOST_COLUMNS = 12

/** Handwritings in rows and classes in columns, and a text written in one of them. */
export function createStyles(app: AppContext): View {
  let xhat: Float32Array | undefined
  let asked = ''
  const newest = latest(outputs => {
    xhat = outputs.xhat
    app.refresh()
  })
  const judge = createJudgeOpinion(app)
  const writing = createWriting(app, judge)

  function update(card: Card, decoder: Network): void {
    const key = `${card.id} ${card.version} ${app.state.seed} ${app.engines.current}`
    if (key === asked) return
    asked = key
    const points = stylePoints(card, seedsFrom(app.state.seed))
    newest(() => decode(app, decoder, points))
  }

  function content(model: Model, card: Card): TemplateResult {
    if (card.dataset.classes.length === 0) {
      return html`<p class="empty">This model’s data has no classes. Choose one whose data has them.</p>`
    }
    const decoder = ready(model.decoder())
    if (decoder) update(card, decoder)
    return html`<div class="hands">
      <div class="bar">
        ${seedControl(app)}
        <button class="primary" @click=${() => app.set({ seed: Math.floor(Math.random() * 1e6), hand: 0 })}>
          Other hands
        </button>
        <p class="hint">Press a row to write in its hand.</p>
      </div>
      ${progress('Fetching the decoder', model.decoder().state, model.decoder().retry)}
      ${styleTable(app, card, xhat)} ${writing.render(card, decoder, styleSeed(app))} ${lessons(card)}
    </div>`
  }

  return {
    title: () => (app.state.text === '' ? undefined : `“${app.state.text}” in one handwriting`),
    render() {
      const model = app.model()
      const card = ready(model?.card)
      return html`${heading(app, 'One hand, every character', 'Each row keeps the handwriting and changes the character. First try: press a row, and type a number.')}
      ${waitFor(app) ?? (model && card ? content(model, card) : nothing)}`
    },
  }
}

/** The seeds of the rows. */
function seedsFrom(seed: number): number[] {
  return Array.from({ length: ROWS }, (_, row) => (seed + row) % 2 ** 32)
}

/** The seed of the chosen row. */
function styleSeed(app: AppContext): number {
  const seeds = seedsFrom(app.state.seed)
  return seeds[Math.min(app.state.hand, ROWS - 1)]
}

/** Each class that has a place in each style, [rows · classes, size of a point]. */
function stylePoints(card: Card, seeds: readonly number[]): Float32Array {
  const size = pointSize(card)
  const classes = placedClasses(card)
  const points = new Float32Array(seeds.length * classes.length * size)
  seeds.forEach((seed, row) => {
    classes.forEach((label, column) => {
      points.set(locate({ class: label, style: { seed } }, card), (row * classes.length + column) * size)
    })
  })
  return points
}

function styleTable(app: AppContext, card: Card, xhat: Float32Array | undefined): TemplateResult {
  const classes = placedClasses(card)
  const area = card.dataset.width * card.dataset.height
  const there = xhat && xhat.length >= ROWS * classes.length * area ? xhat : undefined
  return html`<div class="hand-rows" role="group" aria-label="Handwritings">
    ${seedsFrom(app.state.seed).map(
      (seed, row) => html`<button
        class="hand-row"
        aria-pressed=${row === app.state.hand ? 'true' : 'false'}
        aria-label=${`Handwriting of seed ${seed}`}
        style=${classes.length > MOST_COLUMNS ? '--columns: auto-fill; --least: 2rem' : `--columns: ${classes.length}`}
        @click=${() => app.set({ hand: row })}
      >
        ${classes.map(
          (label, column) => html`<canvas
            role="img"
            aria-label=${card.dataset.classes[label]}
            ${picture(there, card.dataset, (row * classes.length + column) * area)}
          ></canvas>`,
        )}
      </button>`,
    )}
  </div>`
}

function lessons(card: Card): TemplateResult {
  return isConditional(card)
    ? lesson(
        'What a style is',
        'This model is told the class, so its numbers need only say how a character is written: slanted, round, bold. The same numbers with another class give another character of the same hand.',
        html`<p class="equation">x̂ = decoder(z, y), &emsp; one z for a hand, y = 1 at the class</p>`,
      )
    : lesson(
        'Not quite a style',
        'This model is not told the class: its numbers say both what is drawn and how. A row is one seed, drawn among the images of each class, so the hands of a row only resemble each other. Choose a model that takes a class to see them agree.',
      )
}

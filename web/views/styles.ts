import '../styles/views/styles.css'
import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../models/card.ts'
import { placedClasses, pointSize } from '../../models/latent/draws.ts'
import { locate, printStyle, type Style } from '../../models/latent/endpoints.ts'
import type { Model, Network } from '../catalog/catalog.ts'
import { ready } from '../catalog/resource.ts'
import { type AppContext, createLatestRunner, decode, type View } from '../lab/app-context.ts'
import { explanation, heading } from '../lab/heading.ts'
import { isConditional } from '../lab/points.ts'
import { loadingPlaceholder, progress } from '../lab/status.ts'
import { createChangeTest } from '../plot/change-test.ts'
import { picture } from '../plot/picture.ts'
import { createJudgeOpinion } from './generate/judge-opinion.ts'
import { createOwnHand } from './generate/own-hand.ts'
import { seedControl } from './generate/sample-controls.ts'
import { createWriting } from './generate/writing.ts'

/** How many handwritings are shown. */
const ROWS = 6
/** How many classes fit in one line; more of them wrap. */
const MOST_COLUMNS = 12

/** Styles: handwritings in rows and classes in columns, and a text written in one of the handwritings. */
export function createStyles(app: AppContext): View {
  let xhat: Float32Array | undefined
  const hasChanged = createChangeTest()
  const newest = createLatestRunner(outputs => {
    xhat = outputs.xhat
    app.refresh()
  })
  const judge = createJudgeOpinion(app)
  const writing = createWriting(app, judge)
  const ownHand = createOwnHand(app, ROWS)

  function update(card: Card, decoder: Network, handwritings: readonly Handwriting[]): void {
    const styles = handwritings.map(({ style }) => printStyle(style)).join()
    if (!hasChanged(card.id, card.version, app.engines.current, styles)) return
    const points = stylePoints(card, handwritings)
    newest(() => decode(app, decoder, points))
  }

  function content(model: Model, card: Card): TemplateResult {
    if (card.dataset.classes.length === 0) {
      return html`<p class="empty">This model’s data has no classes. Choose one whose data has them.</p>`
    }
    const decoder = ready(model.decoder())
    const own = isConditional(card) ? ownHand.style(model, card) : undefined
    const handwritings = [
      ...seededHandwritings(app.state.seed),
      ...(own ? [{ name: 'Your handwriting', style: own }] : []),
    ]
    const chosen = Math.min(app.state.hand, handwritings.length - 1)
    if (decoder) update(card, decoder, handwritings)
    return html`<div class="hands">
      <div class="bar">
        ${seedControl(app)}
        <button class="primary" @click=${() => app.set({ seed: Math.floor(Math.random() * 1e6), hand: 0 })}>
          Other handwritings
        </button>
        <p class="hint">Press a row to write in its handwriting.</p>
      </div>
      ${progress('Fetching the decoder', model.decoder().state, model.decoder().retry)}
      <div class="hand-list">
        ${styleTable(app, card, handwritings, chosen, xhat)} ${isConditional(card) ? ownHand.render(model, card) : nothing}
      </div>
      ${writing.render(card, decoder, handwritings[chosen].style)} ${explanations(card)}
    </div>`
  }

  return {
    title: () => (app.state.text === '' ? undefined : `“${app.state.text}” in one handwriting`),
    render() {
      const model = app.model()
      const card = ready(model?.card)
      return html`${heading(app, 'One handwriting, every character', 'Each row keeps the handwriting and changes the character. First try: press a row, and type a number.')}
      ${loadingPlaceholder(app) ?? (model && card ? content(model, card) : nothing)}`
    },
  }
}

/** A row of the table: a handwriting with its name. */
interface Handwriting {
  name: string
  style: Style
}

/** The handwritings of a seed and of the seeds after it. */
function seededHandwritings(seed: number): Handwriting[] {
  return Array.from({ length: ROWS }, (_, row) => {
    const own = (seed + row) % 2 ** 32
    return { name: `Handwriting of seed ${own}`, style: { seed: own } }
  })
}

/** The points of each class in each handwriting, [rows · classes, size of a point]. */
function stylePoints(card: Card, handwritings: readonly Handwriting[]): Float32Array {
  const size = pointSize(card)
  const classes = placedClasses(card)
  const points = new Float32Array(handwritings.length * classes.length * size)
  handwritings.forEach(({ style }, row) => {
    classes.forEach((label, column) => {
      points.set(locate({ class: label, style }, card), (row * classes.length + column) * size)
    })
  })
  return points
}

function styleTable(
  app: AppContext,
  card: Card,
  handwritings: readonly Handwriting[],
  chosen: number,
  xhat: Float32Array | undefined,
): TemplateResult {
  const classes = placedClasses(card)
  const area = card.dataset.width * card.dataset.height
  const there = xhat && xhat.length === handwritings.length * classes.length * area ? xhat : undefined
  return html`<div class="hand-rows" role="group" aria-label="Handwritings">
    ${handwritings.map(
      ({ name }, row) => html`<button
        class="hand-row"
        aria-pressed=${row === chosen ? 'true' : 'false'}
        aria-label=${name}
        style=${classes.length > MOST_COLUMNS ? '--columns: auto-fill; --least: 2rem' : `--columns: ${classes.length}`}
        @click=${() => app.set({ hand: row })}
      >
        ${classes.map(
          (label, column) => html`<canvas
            role="img"
            aria-label=${card.dataset.classes[label]}
            ${picture(there, card.dataset, app.theme, (row * classes.length + column) * area)}
          ></canvas>`,
        )}
      </button>`,
    )}
  </div>`
}

function explanations(card: Card): TemplateResult {
  return isConditional(card)
    ? explanation(
        'What a style is',
        'This model is told the class, so its numbers need only say how a character is written: slanted, round, bold. The same numbers with another class give another character in the same handwriting.',
        html`<p class="equation">x̂ = decoder(z, y), &emsp; one z for a handwriting, y = 1 at the class</p>`,
      )
    : explanation(
        'Not quite a style',
        'This model is not told the class: its numbers say both what is drawn and how. A row is one seed, drawn among the images of each class, so the characters of a row only resemble each other. Choose a model that takes a class to see them agree.',
      )
}

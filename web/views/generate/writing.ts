import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { writeQuery } from '../../../models/first-view.ts'
import { pointSize } from '../../../models/latent/draws.ts'
import { locate, printStyle, type Style } from '../../../models/latent/endpoints.ts'
import { drawText, layOutText, type WrittenText } from '../../../models/latent/written-text.ts'
import { isValueError } from '../../../models/value-error.ts'
import { apiRoot } from '../../catalog/api.ts'
import type { Network } from '../../catalog/catalog.ts'
import { type AppContext, createLatestRunner, decode } from '../../lab/app-context.ts'
import { copyWithMessage } from '../../lab/control-message.ts'
import { createChangeTest } from '../../plot/change-test.ts'
import { picture } from '../../plot/picture.ts'
import { firstPicture } from '../first-picture.ts'
import type { JudgeOpinion } from './judge-opinion.ts'

/** The longest text, as in the API. */
const LONGEST = 64

/** The panel in which a text is typed, written in one handwriting, downloaded and embedded. */
export interface Writing {
  render(card: Card, decoder: Network | undefined, style: Style): TemplateResult
}

/** Creates the panel in which a text is written in one handwriting. */
export function createWriting(app: AppContext, judge: JudgeOpinion): Writing {
  let shown: { written: WrittenText; xhat: Float32Array } | undefined
  const hasChanged = createChangeTest()
  const newest = createLatestRunner(() => {})

  function update(card: Card, decoder: Network, written: WrittenText, style: Style): void {
    const { id, version } = card
    if (!hasChanged(id, version, app.state.text, printStyle(style), app.engines.current)) return
    const points = textPoints(card, written, style)
    newest(async () => {
      const outputs = await decode(app, decoder, points)
      shown = { written, xhat: outputs.xhat }
      app.refresh()
      return outputs
    })
  }

  return {
    render(card, decoder, style) {
      const laid = tryLayOut(app.state.text, card)
      if (decoder && laid && !('problem' in laid)) update(card, decoder, laid, style)
      const problem = laid && 'problem' in laid ? laid.problem : undefined
      return html`<section class="writing" aria-labelledby="writing-title">
        <h2 id="writing-title">Type a number</h2>
        <label class="field"
          ><span class="label">Text</span>
          <input
            type="text"
            maxlength=${LONGEST}
            .value=${app.state.text}
            aria-invalid=${problem ? 'true' : 'false'}
            aria-describedby="writing-problem"
            @input=${(event: Event) => app.set({ text: (event.target as HTMLInputElement).value })}
        /></label>
        <p id="writing-problem" class="hint" role="status">${problem ?? nothing}</p>
        ${
          shown && laid && !problem
            ? line(card, shown)
            : html`<div class="written">${laid && !problem ? firstPicture(app, card, `${writeQuery(app.state.text, style)}&scale=4`, false) : nothing}</div>`
        }
        ${laid && !problem ? actions(app, card, style) : nothing} ${shown && !problem ? reading(card, shown) : nothing}
      </section>`
    },
  }

  function line(card: Card, { written, xhat }: { written: WrittenText; xhat: Float32Array }): TemplateResult {
    const { pixels, height, width } = drawText(written, xhat, card.dataset)
    return html`<canvas
      class="written"
      role="img"
      aria-label=${`The text ${app.state.text} as the model writes it`}
      ${picture(pixels, { ...card.dataset, height, width }, app.theme)}
    ></canvas>`
  }

  /** What the judge reads in the written text. */
  function reading(card: Card, { xhat }: { xhat: Float32Array }): TemplateResult | typeof nothing {
    const opinions = judge.of(card.dataset.name, xhat)
    if (!opinions) return nothing
    const text = opinions.map(opinion => card.dataset.classes[opinion.class]).join(' ')
    return html`<p class="hint">The judge, a classifier that was not used to train any model, reads: <b>${text}</b></p>`
  }
}

/** The layout of the text's characters, or what is wrong with the text; undefined for an empty one. */
function tryLayOut(text: string, card: Card): WrittenText | { problem: string } | undefined {
  if (text.trim() === '') return undefined
  try {
    return layOutText(text, card.dataset.classes)
  } catch (error) {
    if (!isValueError(error)) throw error
    return { problem: `Expected ${error.expected}, got ${error.got}.` }
  }
}

/** A point for each character: the same, to the bit, as the API's for the same text and style. */
function textPoints(card: Card, { glyphs }: WrittenText, style: Style): Float32Array {
  const size = pointSize(card)
  const points = new Float32Array(glyphs.length * size)
  glyphs.forEach((glyph, i) => {
    points.set(locate({ class: glyph.class, style }, card), i * size)
  })
  return points
}

function actions(app: AppContext, card: Card, style: Style): TemplateResult {
  const url = `${apiRoot(app.state.api)}models/${card.id}/${writeQuery(app.state.text, style)}`
  const image = `<img src="${url}&format=png&scale=4" alt="${app.state.text}">`
  return html`<div class="actions">
      <a class="button" href=${`${url}&format=png&scale=8`} download="written.png">Download PNG</a>
      <a class="button" href=${`${url}&format=apng&scale=8`} download="written.apng.png">Download APNG</a>
      <span class="copy-link">
        <button
          @click=${(event: Event) => copyWithMessage(event.currentTarget as Element, image, 'The image’s HTML is on the clipboard.')}
        >
          Copy as HTML
        </button>
      </span>
    </div>
    <p class="address"><a href=${url}><code>${url}</code></a></p>`
}

import { html, nothing, type TemplateResult } from 'lit'
import type { Model } from '../catalog/catalog.ts'
import { ready } from '../catalog/resource.ts'
import { markOf } from '../plot/plane/class-marks.ts'
import type { AppContext } from './app-context.ts'

/** Buttons that hide and show the test set's classes. */
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
    app.set({ hide })
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
        <i data-mark=${markOf(i)}></i>${name}
      </button>`,
    )}
  </div>`
}

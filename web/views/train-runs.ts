import { html, nothing, type TemplateResult } from 'lit'
import type { AppContext } from '../lab/app-context.ts'
import { formatRecipe } from '../train/recipe.ts'
import type { StoredRun } from '../train/run-store.ts'
import type { TrainingSession } from '../train/session.ts'

/** The runs that this browser keeps, to go on with, rename or delete. */
export function runList(app: AppContext, session: TrainingSession): TemplateResult | typeof nothing {
  if (session.stored === false) {
    return html`<p class="hint">This browser blocks storage for this page, so runs are not kept.</p>`
  }
  if (session.runs.length === 0) return nothing
  return html`<section class="train-runs" aria-label="Runs in this browser">
    <h2>Runs kept in this browser</h2>
    <ul>
      ${session.runs.map(run => item(app, session, run))}
    </ul>
  </section>`
}

function item(app: AppContext, session: TrainingSession, run: StoredRun): TemplateResult {
  const open = session.run?.id === run.id
  const epochs = open ? (session.training?.state.epoch ?? run.epochs) : run.epochs
  const rename = (event: Event) => {
    const title = (event.target as HTMLInputElement).value.trim()
    if (title) void session.rename(run, title)
  }
  return html`<li aria-current=${open ? 'true' : nothing}>
    <input type="text" aria-label="Name of the run" .value=${run.title} @change=${rename} maxlength="80" />
    <span class="hint">${epochs} of ${run.recipe.epochs} epochs · ${new Date(run.changed).toLocaleString()}</span>
    <span class="train-run-actions">
      <button
        ?disabled=${open || session.waiting !== undefined}
        @click=${() => {
          app.set({ recipe: formatRecipe(run.recipe) })
          void session.resume(run)
        }}
      >
        ${open ? 'Open' : 'Go on'}
      </button>
      <button @click=${() => void session.remove(run)} aria-label=${`Delete ${run.title}`}>Delete</button>
    </span>
  </li>`
}

/** The models that this browser keeps, and a way to bring one. */
export function modelList(app: AppContext, session: TrainingSession): TemplateResult {
  const bring = (event: Event) => {
    const input = event.target as HTMLInputElement
    if (input.files?.length) void session.bringModel([...input.files])
    input.value = ''
  }
  return html`<section class="train-runs" aria-label="Models in this browser">
    <h2>Models kept in this browser</h2>
    <ul>
      ${session.models.map(
        ({ id, title, card }) => html`<li>
          <span>${title}</span>
          <span class="hint">${card.id}, version ${card.version}</span>
          <span class="train-run-actions">
            <button @click=${() => app.set({ view: 'explore', model: id, z: [], hide: [] }, 'push')}>Explore</button>
            <button @click=${() => void session.removeModel(id)} aria-label=${`Delete ${title}`}>Delete</button>
          </span>
        </li>`,
      )}
    </ul>
    <label class="button">
      Bring a model…<input type="file" multiple hidden accept=".zip,.onnx,.json,.safetensors" @change=${bring} />
    </label>
    <p class="hint">A zip from “Download zip”, or the files of a model’s folder.</p>
  </section>`
}

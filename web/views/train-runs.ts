import { html, nothing, type TemplateResult } from 'lit'
import type { LocalModel } from '../catalog/catalog.ts'
import type { AppContext } from '../lab/app-context.ts'
import { choices } from '../lab/controls.ts'
import type { TrainedOn } from '../train/keep/describe-onnx.ts'
import type { StoredRun } from '../train/keep/run-store.ts'
import { formatRecipe } from '../train/recipe.ts'
import type { TrainingSession } from '../train/session.ts'

/** The runs that this browser keeps, to go on with, rename or delete. */
export function runList(app: AppContext, session: TrainingSession): TemplateResult | typeof nothing {
  const { stored, runs } = session.state
  if (stored === false) {
    return html`<p class="hint">This browser blocks storage for this page, so runs are not kept.</p>`
  }
  if (runs.length === 0) return nothing
  return html`<section class="train-runs" aria-label="Runs in this browser">
    <h2>Runs kept in this browser</h2>
    <ul>
      ${runs.map(run => item(app, session, run))}
    </ul>
  </section>`
}

function item(app: AppContext, session: TrainingSession, run: StoredRun): TemplateResult {
  const open = session.state.open.find(each => each.run.id === run.id)
  const epochs = open?.training.state.epoch ?? run.epochs
  const beside = session.state.runs.some(({ id, group }) => id !== run.id && group === run.group)
  return html`<li aria-current=${open ? 'true' : nothing}>
    ${nameField('Name of the run', run.title, title => void session.rename(run, title))}
    <span class="hint">${epochs} of ${run.recipe.epochs} epochs · ${new Date(run.changed).toLocaleString()}</span>
    <span class="train-run-actions">
      <button
        ?disabled=${open !== undefined || session.state.waiting !== undefined}
        @click=${() => {
          app.set({ recipe: formatRecipe({ ...run.recipe, ...(beside && { kind: 'vae', beside }) }) })
          void session.resume(run)
        }}
      >
        ${open ? 'Open' : 'Go on'}
      </button>
      <button @click=${() => void session.remove(run)} aria-label=${`Delete ${run.title}`}>Delete</button>
    </span>
  </li>`
}

function nameField(label: string, title: string, rename: (title: string) => void): TemplateResult {
  const change = (event: Event) => {
    const next = (event.target as HTMLInputElement).value.trim()
    if (next) rename(next)
  }
  return html`<input type="text" aria-label=${label} .value=${title} @change=${change} maxlength="80" />`
}

/** The models that this browser keeps, and a way to bring one. */
export interface ModelList {
  render(): TemplateResult
  bring(files: File[]): void
}

export function createModelList(app: AppContext, session: TrainingSession): ModelList {
  let trainedOn: TrainedOn = 'mnist'
  const bring = (files: File[]) => void session.bringModel(files, trainedOn)
  const picked = (event: Event) => {
    const input = event.target as HTMLInputElement
    if (input.files?.length) bring([...input.files])
    input.value = ''
  }
  return {
    bring,
    render: () => html`<section class="train-runs" aria-label="Models in this browser">
      <h2>Models kept in this browser</h2>
      <ul>
        ${session.state.models.map(model => modelItem(app, session, model))}
      </ul>
      <div class="train-bring">
        <label class="button file">
          Bring a model…<input type="file" multiple accept=".zip,.onnx,.json,.safetensors" @change=${picked} />
        </label>
        ${choices(
          'Without a card: it was trained on',
          [
            ['mnist', 'MNIST'],
            ['fashion-mnist', 'Fashion-MNIST'],
            ['other', 'Something else'],
          ],
          trainedOn,
          chosen => {
            trainedOn = chosen
            app.refresh()
          },
        )}
      </div>
      <p class="hint">
        Choose or drop a zip from “Download zip”, the files of a model’s folder, or decoder.onnx with or without
        encoder.onnx. It stays on this machine.
      </p>
    </section>`,
  }
}

function modelItem(app: AppContext, session: TrainingSession, model: LocalModel): TemplateResult {
  const { id, title, card } = model
  return html`<li>
    ${nameField('Name of the model', title, next => void session.renameModel(model, next))}
    <span class="hint">${card.id}, version ${card.version}</span>
    <span class="train-run-actions">
      <button @click=${() => app.set({ view: 'explore', model: id, z: [], hide: [] }, 'push')}>Explore</button>
      <button @click=${() => void session.removeModel(id)} aria-label=${`Delete ${title}`}>Delete</button>
    </span>
  </li>`
}

import { html, type TemplateResult } from 'lit'
import type { LocalModel } from '../../catalog/catalog.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { choices } from '../../lab/controls.ts'
import type { TrainedOn } from '../../train/keep/describe-onnx.ts'
import type { TrainingSession } from '../../train/session/session.ts'
import { nameField } from './name-field.ts'

/** The list of the models saved in this browser, to which files can be added. */
export interface ModelList {
  render(): TemplateResult
  importFiles(files: File[]): void
}

/** Creates the list of saved models. */
export function createModelList(app: AppContext, session: TrainingSession): ModelList {
  let trainedOn: TrainedOn = 'mnist'
  const importFiles = (files: File[]) => void session.models.importFiles(files, trainedOn)
  const picked = (event: Event) => {
    const input = event.target as HTMLInputElement
    if (input.files?.length) importFiles([...input.files])
    input.value = ''
  }
  return {
    importFiles,
    render: () => html`<section class="train-runs" aria-label="Models in this browser">
      <h2>Models kept in this browser</h2>
      <ul>
        ${session.state.models.map(model => modelItem(app, session, model))}
      </ul>
      <div class="train-bring">
        <label class="button file">
          Import a model…<input type="file" multiple accept=".zip,.onnx,.json,.safetensors" @change=${picked} />
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
    ${nameField('Name of the model', title, next => void session.models.rename(model, next))}
    <span class="hint">${card.id}, version ${card.version}</span>
    <span class="train-run-actions">
      <button @click=${() => app.set({ view: 'explore', model: id, z: [], hide: [] }, 'push')}>Explore</button>
      <button @click=${() => void session.models.remove(id)} aria-label=${`Delete ${title}`}>Delete</button>
    </span>
  </li>`
}

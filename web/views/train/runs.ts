import { html, nothing, type TemplateResult } from 'lit'
import type { AppContext } from '../../lab/app-context.ts'
import type { StoredRun } from '../../train/keep/run-store.ts'
import { formatRecipe } from '../../train/recipe.ts'
import type { TrainingSession } from '../../train/session/session.ts'
import { nameField } from './name-field.ts'

/** The list of the runs saved in this browser, to continue, rename or delete. */
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
    ${nameField('Name of the run', run.title, title => void session.kept.rename(run, title))}
    <span class="hint">${epochs} of ${run.recipe.epochs} epochs · ${new Date(run.changed).toLocaleString()}</span>
    <span class="train-run-actions">
      <button
        ?disabled=${open !== undefined || session.state.waiting !== undefined}
        @click=${() => {
          app.set({ recipe: formatRecipe({ ...run.recipe, ...(beside && { kind: 'vae', beside }) }) })
          void session.runs.resume(run)
        }}
      >
        ${open ? 'Is open' : 'Continue this run'}
      </button>
      <button @click=${() => void session.remove(run)} aria-label=${`Delete ${run.title}`}>Delete</button>
    </span>
  </li>`
}

import { html, type TemplateResult } from 'lit'
import { FEWEST_IMAGES } from '../../train/data/own-data.ts'
import type { Until } from '../../train/messages.ts'
import type { Recipe } from '../../train/recipe.ts'
import type { TrainingSession } from '../../train/session/session.ts'
import { statusLine } from './status-line.ts'

/** The bar with the buttons that start, pause, step and reset training, and a status line. */
export interface ControlBar {
  render(recipe: Recipe): TemplateResult
  /** Updates only the status line. */
  showProgress(): void
}

/** Creates the bar. */
export function createControlBar({ state, runs }: TrainingSession): ControlBar {
  const status = document.createElement('p')
  status.className = 'train-status'
  status.setAttribute('role', 'status')

  /** The status line's text while no run is open. */
  let idleText = ''

  function showProgress(): void {
    const { open, waiting } = state
    const lines = open.map(({ training }) => statusLine(training))
    const text = waiting ?? (lines.join(' | ') || idleText)
    if (status.textContent !== text) status.textContent = text
  }

  function play(recipe: Recipe, until: Until): void {
    const { failed, fresh } = phasesOf(state)
    if (failed) void runs.resume(state.open[0].run)
    else if (fresh) void runs.start(recipe, until)
    else runs.play(until)
  }

  return {
    showProgress,
    render(recipe) {
      idleText = hasImages(state, recipe) ? 'Nothing is training.' : MISSING_IMAGES[recipe.data]
      showProgress()
      const { running, opening, failed, fresh } = phasesOf(state)
      // Screen readers announce the status when training pauses or ends, not at each step.
      status.setAttribute('aria-live', running ? 'off' : 'polite')
      const ready = !state.waiting && (!fresh || hasImages(state, recipe))
      const idle = ready && !running && !failed
      return html`<div class="bar train-bar" role="group" aria-label="Training">
        ${
          running
            ? html`<button class="primary" @click=${runs.pause}>Pause</button>`
            : html`<button class="primary" ?disabled=${!ready || opening} @click=${() => play(recipe, 'end')}>
                ${failed ? 'Continue from the last epoch' : fresh ? 'Start' : 'Continue'}
              </button>`
        }
        <button ?disabled=${!idle} @click=${() => play(recipe, 'step')}>One step</button>
        <button ?disabled=${!idle} @click=${() => play(recipe, 'epoch')}>One epoch</button>
        <button ?disabled=${state.open.length === 0} @click=${runs.reset}>Reset</button>
        ${status}
      </div>`
    },
  }
}

/** What the visitor must do first if there are no images. */
const MISSING_IMAGES: Record<Recipe['data'], string> = {
  mnist: '',
  'fashion-mnist': '',
  own: 'Choose images of your own, or drop them here.',
  drawn: `Draw at least ${FEWEST_IMAGES} digits.`,
}

function phasesOf({ open }: TrainingSession['state']) {
  const phases = open.map(({ training }) => training.state.phase)
  return {
    running: phases.includes('running'),
    opening: phases.includes('opening'),
    failed: phases.includes('failed'),
    /** Whether the next start begins a new run. */
    fresh: phases.every(phase => phase === 'finished'),
  }
}

function hasImages({ own, drawings }: TrainingSession['state'], { data }: Recipe): boolean {
  if (data === 'own') return own !== undefined
  return data !== 'drawn' || drawings.length >= FEWEST_IMAGES
}

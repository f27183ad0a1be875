import { html, nothing, type TemplateResult } from 'lit'
import { slider } from '../../lab/controls.ts'
import type { Training } from '../../train/training.ts'

/**
 * Sliders for the settings that can be changed while training runs, and a note of changes. They change all open runs.
 */
export function liveControls(trainings: readonly Training[]): TemplateResult | typeof nothing {
  const moving = trainings.filter(({ state }) => state.phase !== 'failed' && state.phase !== 'finished')
  // Side by side the VAE, which has a β, comes after the AE.
  const training = moving.at(-1)
  if (!training) return nothing
  const { state, configuration } = training
  const last = state.changes.at(-1)
  const beta = last?.beta ?? configuration.objective.beta
  const learningRate = last?.learningRate ?? configuration.optimization.learningRate
  const change = (nextBeta: number, nextRate: number) => {
    for (const each of moving) {
      each.change(each.configuration.architecture.kind === 'vae' ? nextBeta : 0, nextRate)
    }
  }
  return html`<div class="train-movers" role="group" aria-label="Settings that can be changed while training">
    ${
      configuration.architecture.kind === 'vae'
        ? slider('β', beta, { min: 0, max: 10, step: 0.1, print: v => v.toFixed(1) }, value =>
            change(value, learningRate),
          )
        : nothing
    }
    ${slider(
      'learning rate',
      Math.log10(learningRate),
      { min: -5, max: -1, step: 0.05, print: v => (10 ** v).toPrecision(2) },
      value => change(beta, 10 ** value),
    )}
    ${
      last
        ? html`<p class="hint">Changed ${state.changes.length === 1 ? 'once' : `${state.changes.length} times`}, last at
            step ${last.step}. The link to this recipe no longer gives this run; run.json lists the changes.</p>`
        : nothing
    }
  </div>`
}

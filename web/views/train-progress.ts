import { html, nothing, type TemplateResult } from 'lit'
import { slider } from '../lab/controls.ts'
import type { Training, TrainingState } from '../train/training.ts'

/** One line on where training stands. */
export function statusLine(training: Training | undefined): string {
  if (!training) return 'Nothing is training.'
  const { state, configuration, engine } = training
  const { epochs } = configuration.optimization
  const { progress } = state
  const name = engine === 'wasm' ? 'WebAssembly' : 'WebGPU'
  if (state.phase === 'opening') return 'Starting the engine; the first time it is fetched, about 3 MB.'
  if (state.phase === 'failed') return `Training stopped after ${state.epoch} of ${epochs} epochs.`
  const epoch = progress
    ? `Epoch ${progress.epoch} of ${epochs}, step ${progress.step} of ${progress.steps}`
    : `${state.epoch} of ${epochs} epochs`
  const loss = progress ? ` · loss ${progress.loss.toFixed(2)} nats per image` : ''
  const speed = progress?.imagesPerSecond ?? state.figures.at(-1)?.imagesPerSecond
  const rate = speed ? ` · ${Math.round(speed).toLocaleString('en')} images/s (${name})` : ''
  const phase = state.phase === 'finished' ? 'Done. ' : state.phase === 'paused' ? 'Paused. ' : ''
  return `${phase}${epoch}${loss}${rate}`
}

/** Sliders for what can be moved while training runs, and what was moved. They move all runs that are open. */
export function movers(trainings: readonly Training[]): TemplateResult | typeof nothing {
  const moving = trainings.filter(({ state }) => state.phase !== 'failed' && state.phase !== 'finished')
  // Of an AE and a VAE side by side the VAE, which has a β, stands last.
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
  return html`<div class="train-movers" role="group" aria-label="What can be moved while training">
    ${
      configuration.architecture.kind === 'vae'
        ? slider('β', beta, { min: 0, max: 10, step: 0.1, print: v => v.toFixed(1) }, value =>
            change(value, learningRate),
          )
        : nothing
    }
    ${slider(
      'rate',
      Math.log10(learningRate),
      { min: -5, max: -1, step: 0.05, print: v => (10 ** v).toPrecision(2) },
      value => change(beta, 10 ** value),
    )}
    ${
      last
        ? html`<p class="hint">Moved ${state.changes.length === 1 ? 'once' : `${state.changes.length} times`}, last at
            step ${last.step}: this run is no longer that of its link. run.json notes it.</p>`
        : nothing
    }
  </div>`
}

/** The epochs' figures as a table. */
export function figuresTable(state: TrainingState): TemplateResult {
  return html`<details class="train-figures" data-losses=${state.firstLosses.join(' ')}>
    <summary>The figures of each epoch</summary>
    <div class="table-box">
      <table>
        <thead>
          <tr>
            <th>Epoch</th><th>Training loss</th><th>Held-out loss</th><th>KL</th><th>Active units</th>
            <th>BCE per pixel</th><th>Gradient norm</th><th>Images/s</th>
          </tr>
        </thead>
        <tbody>
          ${state.figures.map(
            ({ epoch, train, validation, gradientNorm, imagesPerSecond }) => html`<tr>
              <td>${epoch}</td>
              <td>${train.loss.toFixed(2)}</td>
              <td>${validation.loss.toFixed(2)}</td>
              <td>${validation.kl.toFixed(2)}</td>
              <td>${validation.activeUnits}</td>
              <td>${validation.bce.toFixed(4)}</td>
              <td>${gradientNorm.toPrecision(3)}</td>
              <td>${Math.round(imagesPerSecond).toLocaleString('en')}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`
}

import { html, type TemplateResult } from 'lit'
import type { TrainingState } from '../../train/training-state.ts'

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

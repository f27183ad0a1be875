import { html, type TemplateResult } from 'lit'
import { ENGINE_CHOICES, ENGINE_LABELS, type EngineChoice, type EngineName } from '../../engines/engine.ts'
import type { AppContext } from '../app-context.ts'

const CHOICES: Record<EngineChoice, string> = { auto: 'Automatic', ...ENGINE_LABELS }

const SHORT: Record<EngineName, string> = {
  plain: 'plain TS',
  wasm: 'WASM',
  webgpu: 'WebGPU',
  edge: 'edge API',
}

/** The menu of engines, the engine in use, and the time of its last decode. */
export function engineControl(app: AppContext): TemplateResult {
  const { current, starting, time } = app.engines
  const choose = (event: Event) =>
    app.set({ engine: (event.target as HTMLSelectElement).value as EngineChoice })
  return html`<div class="engine">
    <label>
      <span class="label">Decoded by</span>
      <select @change=${choose} .value=${app.state.engine}>
        ${ENGINE_CHOICES.map(
          choice =>
            html`<option value=${choice} ?selected=${choice === app.state.engine}>${CHOICES[choice]}</option>`,
        )}
      </select>
    </label>
    <span class="engine-time" data-engine=${current} title=${`${ENGINE_LABELS[current]} is decoding`}>
      ${starting ? `starting ${SHORT[starting]}…` : html`<b>${SHORT[current]}</b> ${time === undefined ? '' : speed(time)}`}
    </span>
  </div>`
}

function speed(milliseconds: number): string {
  if (milliseconds < 0.1) return 'under 0.1 ms'
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : milliseconds.toFixed(0)} ms`
}

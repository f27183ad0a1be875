import { html, type TemplateResult } from 'lit'
import { PRECISIONS, type Precision } from '../../export/convert/graph/precision.ts'
import { OPSETS } from '../../export/convert/to-onnx/convert-options.ts'
import type { Actions } from './actions.ts'
import type { FormOptions } from './state.ts'

const PRECISION_NOTES: Record<Precision, string> = {
  fp32: 'as trained',
  fp16: 'half the size',
  int8: 'a quarter of the size',
}
const STATES = [
  ['', 'refuse'],
  ['io', 'inputs and outputs of the file'],
  ['reset', 'zeros at each run'],
] as const

/** The options of the conversion; each change converts again. */
export function optionsForm(options: FormOptions, actions: Actions): TemplateResult {
  const set = (patch: Partial<FormOptions>) => actions.setOptions(patch)
  const text = (event: Event) => (event.target as HTMLInputElement).value
  return html`<form class="options" @submit=${(event: Event) => event.preventDefault()}>
    <fieldset class="choices precisions">
      <legend>Weights</legend>
      ${PRECISIONS.map(
        precision => html`<label><input type="radio" name="precision" .checked=${precision === options.precision}
          @change=${() => set({ precision })} /><span>${precision}<small>${PRECISION_NOTES[precision]}</small></span></label>`,
      )}
    </fieldset>
    <details>
      <summary>More options</summary>
      <div class="fields">
        <label class="field"><span class="label">Operator set</span>
          <select @change=${(event: Event) => set({ opset: Number(text(event)) })}>
            ${Array.from(
              { length: OPSETS.most - OPSETS.least + 1 },
              (_, i) =>
                html`<option ?selected=${OPSETS.least + i === options.opset}>${OPSETS.least + i}</option>`,
            )}
          </select>
        </label>
        <label class="field"><span class="label">Name of the batch axis</span>
          <input type="text" spellcheck="false" .value=${options.batch}
            @change=${(event: Event) => set({ batch: text(event) })} />
        </label>
        <label class="field wide"><span class="label">States of stateful layers</span>
          <select @change=${(event: Event) => set({ state: text(event) as FormOptions['state'] })}>
            ${STATES.map(([value, label]) => html`<option value=${value} ?selected=${value === options.state}>${label}</option>`)}
          </select>
        </label>
        ${(['inputs', 'outputs'] as const).map(
          kind => html`<label class="field wide"><span class="label">Names of the ${kind}, in order</span>
            <input type="text" spellcheck="false" placeholder="as in the model" .value=${options[kind]}
              @change=${(event: Event) => set({ [kind]: text(event) })} />
          </label>`,
        )}
      </div>
    </details>
  </form>`
}

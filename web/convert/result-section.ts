import { html, nothing, type TemplateResult } from 'lit'
import { TOLERANCE } from '../../export/convert/check/tolerance.ts'
import { shapeText } from '../../export/convert/graph/conversion-error.ts'
import type { Value } from '../../models/onnx/encode-model.ts'
import { codeBlock } from '../embed/gallery/code-block.ts'
import type { Actions } from './actions.ts'
import { type FormOptions, openAxes, type Result, sameCommand } from './state.ts'

/** The converted file, with its link for saving and its check. A file that differs from TF.js cannot be saved. */
export function resultSection(
  result: Result,
  options: FormOptions,
  busy: boolean,
  actions: Actions,
): TemplateResult {
  const { file, name, url, check } = result
  const { verdict } = check
  return html`<div class="result">
    <div class="save">
      ${
        verdict?.kind === 'differs'
          ? nothing
          : html`<a class="button primary" href=${url} download=${name}>Save ${name}</a>`
      }
      <span>${file.blob.size.toLocaleString('en')} bytes, from a ${file.format}, operator set ${options.opset}, weights in ${options.precision}</span>
    </div>
    <div class="table">
      <table>
        <thead><tr><th scope="col">Name</th><th scope="col">Shape</th><th scope="col">Type</th></tr></thead>
        ${valueRows('Inputs', file.inputs)} ${valueRows('Outputs', file.outputs)}
      </table>
    </div>
    <h3>Check against TF.js</h3>
    ${checkForm(result, options, busy, actions)}
    ${verdict ? verdictText(verdict) : nothing}
    <h3>The same in a terminal</h3>
    ${codeBlock(sameCommand(result, options))}
  </div>`
}

function valueRows(title: string, values: readonly Value[]): TemplateResult {
  return html`<tbody>
    <tr class="group"><th colspan="3" scope="rowgroup">${title}</th></tr>
    ${values.map(
      ({ name, dims, type }) =>
        html`<tr><th scope="row"><code>${name}</code></th><td><code>${shapeText(dims)}</code></td><td>${type}</td></tr>`,
    )}
  </tbody>`
}

function checkForm(result: Result, options: FormOptions, busy: boolean, actions: Actions): TemplateResult {
  const { check, file } = result
  const value = (event: Event) => (event.target as HTMLInputElement).value
  const submit = (event: Event) => {
    event.preventDefault()
    actions.check()
  }
  return html`<form class="check fields" @submit=${submit}>
    ${openAxes(file).map(
      axis => html`<label class="field"><span class="label">Size of <code>${axis}</code></span>
        <input type="number" min="1" placeholder="automatic" .value=${check.sizes[axis] ?? ''}
          @change=${(event: Event) => actions.setCheck({ sizes: { ...check.sizes, [axis]: value(event) } })} /></label>`,
    )}
    <label class="field"><span class="label">Tolerance</span>
      <input type="number" min="0" step="any" placeholder=${TOLERANCE[options.precision]} .value=${check.tolerance}
        @change=${(event: Event) => actions.setCheck({ tolerance: value(event) })} /></label>
    <label class="field"><span class="label">Real inputs: .npy or PNG files</span>
      <input type="file" multiple accept=".npy,image/png"
        @change=${(event: Event) => actions.setCheck({ samples: [...((event.target as HTMLInputElement).files ?? [])] })} /></label>
    <button type="submit" ?disabled=${busy}>Check the file</button>
  </form>`
}

function verdictText(verdict: NonNullable<Result['check']['verdict']>): TemplateResult {
  if (verdict.kind === 'same') {
    return html`<div class="verdict same" role="status">
      <p><b>It computes the same outputs as TF.js.</b></p>
      <ul>${verdict.lines.map(line => html`<li>${line}</li>`)}</ul>
    </div>`
  }
  return html`<div class=${`verdict ${verdict.kind}`} role="alert">
    <p><b>${verdict.kind === 'differs' ? 'It differs, so it cannot be saved.' : 'Not checked.'}</b> ${verdict.message}</p>
  </div>`
}

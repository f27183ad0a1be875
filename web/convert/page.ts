import { html, nothing, type TemplateResult } from 'lit'
import { pickedFiles } from '../lab/picked-files.ts'
import { brand } from '../styles/brand.ts'
import type { Actions } from './actions.ts'
import { optionsForm } from './options-form.ts'
import { resultSection } from './result-section.ts'
import type { PageState } from './state.ts'

/** The page that converts. */
export function page(state: PageState, actions: Actions): TemplateResult {
  return html`
    <a class="skip" href="#model">Skip to the converter</a>
    <header class="top">
      <a class="brand" href="../">
        ${brand}
      </a>
      <nav aria-label="Site"><a href="../">Models</a><a href="../embed/">Embed</a><a href="../docs">API</a></nav>
    </header>
    <main>
      <section class="intro">
        <h1>TF.js model in, ONNX file out</h1>
        <p class="lead">
          Converts layers-models (those of Keras 3 included) and graph-models into ONNX files that compute the same outputs.
          Everything happens in this tab: <strong>nothing is uploaded.</strong>
        </p>
      </section>
      <div class="work">
        <section id="model" aria-labelledby="model-title" tabindex="-1">
          <h2 id="model-title">The model</h2>
          ${dropZone(state, actions)}
          ${state.models.length > 1 ? modelChoice(state, actions) : nothing}
          ${optionsForm(state.options, actions)}
        </section>
        <section class="outcome" aria-labelledby="outcome-title">
          <h2 id="outcome-title">The ONNX file</h2>
          ${outcome(state, actions)}
        </section>
      </div>
      ${aboutSection()}
    </main>
  `
}

function dropZone({ files }: PageState, actions: Actions): TemplateResult {
  const take = (event: Event) => {
    const input = event.target as HTMLInputElement
    const chosen = pickedFiles(input.files)
    // Without this, choosing the same files again after a change on disk would fire no change event.
    input.value = ''
    actions.take(chosen)
  }
  return html`<div class="drop">
    <p>${
      files.size === 0
        ? html`Drop <code>model.json</code> and its weight files here, their folder, or a zip of it.`
        : html`${listFiles([...files.keys()])}`
    }</p>
    <div class="buttons">
      <label class="file button">
        <input type="file" multiple @change=${take} />${files.size === 0 ? 'Choose files' : 'Choose other files, or add weights'}
      </label>
      <label class="file button"><input type="file" webkitdirectory @change=${take} />Choose a folder</label>
      ${files.size > 0 ? html`<button type="button" class="quiet" @click=${actions.clear}>Clear</button>` : nothing}
    </div>
  </div>`
}

function listFiles(paths: readonly string[]): TemplateResult {
  const shown = paths.slice(0, 3).map((path, i) => html`${i > 0 ? ', ' : ''}<code>${path}</code>`)
  return html`${shown}${paths.length > 3 ? ` and ${paths.length - 3} more` : ''}`
}

function modelChoice({ models, model }: PageState, actions: Actions): TemplateResult {
  return html`<fieldset class="model-choice">
    <legend>There are ${models.length} models. Which one?</legend>
    ${models.map(
      path => html`<label class="toggle"><input type="radio" name="model" .checked=${path === model}
        @change=${() => actions.choose(path)} /><code>${path}</code></label>`,
    )}
  </fieldset>`
}

function outcome(state: PageState, actions: Actions): TemplateResult {
  const { progress, problem, result, options, files, models } = state
  return html`
    <p class="progress" role="status">${
      progress
        ? html`<span class="busy" aria-hidden="true"></span>${progress}…
            <button type="button" class="quiet" @click=${actions.cancel}>Cancel</button>`
        : nothing
    }</p>
    ${problem ? html`<p class="problem" role="alert">${problem}</p>` : nothing}
    ${result ? resultSection(result, options, progress !== undefined, actions) : nothing}
    ${
      files.size === 0
        ? html`<p class="hint">It appears here, with its inputs and outputs, ready to save and to be checked against TF.js.</p>`
        : nothing
    }
    ${models.length > 1 && !state.model && !problem ? html`<p class="hint">Choose one of the models.</p>` : nothing}
  `
}

function aboutSection(): TemplateResult {
  return html`<section class="about" aria-labelledby="about-title">
    <h2 id="about-title">How it works</h2>
    <div class="facts">
      <p><b>The same bytes as the command</b>This page runs the code of <code>tfjs2onnx</code>. The same model and
        options give the same file, here and in a terminal.</p>
      <p><b>Exact or refused</b>What cannot be converted exactly is refused, with the layer’s or node’s name and the
        reason.</p>
      <p><b>Checked on your machine</b>The check runs TF.js and ONNX Runtime on the same inputs, in this tab, and
        compares every output. They are fetched when you ask for it, about 4 MB.</p>
      <p><b>From Keras</b><code>tensorflowjs_converter</code> of the Python package <code>tensorflowjs</code> makes a
        model.json of .h5, .keras and SavedModel files.</p>
    </div>
  </section>`
}

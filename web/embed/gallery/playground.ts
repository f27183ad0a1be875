import { html, nothing, type TemplateResult } from 'lit'
import { classEndpoint } from '../../../models/latent/endpoints.ts'
import { modelTitle } from '../../../models/model-title.ts'
import type { ErrorDetail } from '../latent-interpolation.d.ts'
import { CHOICES, DEFAULT_HAND, FLAGS, NUMBERS } from '../options/attributes.ts'
import { codeBlock } from './code-block.ts'
import { checkbox, numberField, selectField, textField } from './form-fields.ts'
import type { ListedModel } from './model-list.ts'
import {
  attributesOf,
  initialState,
  type PlaygroundState,
  setAttribute,
  setEndpoint,
  setModel,
  setText,
} from './playground-state.ts'
import { type Attributes, SNIPPETS, type SnippetName } from './snippets.ts'

/** Replaces the state and renders it. */
type SetState = (state: PlaygroundState) => void

/**
 * Creates the playground: a form of an element's attributes, the element, and its code.
 *
 * @param update renders the page again
 * @returns a function that renders the playground
 */
export function createPlayground(
  home: string,
  models: readonly ListedModel[],
  first: ListedModel,
  update: () => void,
): () => TemplateResult {
  const element = document.createElement('latent-interpolation')
  let state = initialState(first)
  let error = ''
  element.addEventListener('error', event => {
    const { attribute, message } = (event as CustomEvent<ErrorDetail>).detail
    error = `${attribute}: ${message}`
    update()
  })
  element.addEventListener('ready', () => {
    error = ''
    update()
  })
  const setState: SetState = next => {
    state = next
    if (writeAttributes(element, attributesOf(state))) error = ''
    update()
  }
  writeAttributes(element, attributesOf(state))
  return () => html`<div class="playground">
    <div class="live">${element}${error ? html`<p class="problem" role="alert">${error}</p>` : nothing}</div>
    ${attributeForm(state, models, setState)}
    ${codeSection(home, state, setState)}
  </div>`
}

/** Sets and removes an element's attributes so that it has exactly those given. @returns whether any changed */
function writeAttributes(element: HTMLElement, attributes: Attributes): boolean {
  const removed = element.getAttributeNames().filter(name => !(name in attributes))
  const changed = Object.entries(attributes).filter(([name, value]) => element.getAttribute(name) !== value)
  for (const name of removed) element.removeAttribute(name)
  for (const [name, value] of changed) element.setAttribute(name, value)
  return removed.length > 0 || changed.length > 0
}

const PATH_ENDS = ['from', 'to']
const CORNERS = ['top left', 'top right', 'bottom right', 'bottom left']

function attributeForm(
  state: PlaygroundState,
  models: readonly ListedModel[],
  setState: SetState,
): TemplateResult {
  const { model, square, endpoints, text, attributes } = state
  const ends = text !== '' ? [] : square ? CORNERS : PATH_ENDS
  const titles = models.map(each => [each.id, modelTitle(each)] as const)
  const selectModel = (id: string) =>
    setState(setModel(state, models.find(model => model.id === id) as ListedModel))
  return html`<form @submit=${(event: Event) => event.preventDefault()}>
    <datalist id="endpoints">
      ${model.classes.map((name, i) => html`<option value=${classEndpoint(model.classes, i)}>${name}</option>`)}
      ${[1, 2, 3].map(seed => html`<option value=${`seed:${seed}`}></option>`)}
    </datalist>
    <datalist id="hands">${[1, 2, 3, 4, 5].map(seed => html`<option value=${`seed:${seed}`}></option>`)}</datalist>
    <div class="fields">
      ${selectField('model', titles, model.id, selectModel)}
      ${ends.map((label, i) =>
        textField(label, 'endpoints', endpoints[i], text => setState(setEndpoint(state, i, text))),
      )}
      ${text === '' ? checkbox('four corners', square, square => setState({ ...state, square })) : nothing}
      ${textField('text', '', text, text => setState(setText(state, text)))}
      ${text === '' ? nothing : handField(state, setState)}
    </div>
    <div class="fields">
      ${(['steps', 'scale', 'duration'] as const).map(name => {
        const initial = String(NUMBERS[name][2])
        return numberField(name, NUMBERS[name], attributes[name] ?? initial, text =>
          setState(setAttribute(state, name, text, initial)),
        )
      })}
    </div>
    <div class="fields">
      ${(['path', 'engine', 'theme'] as const).map(name => {
        const [initial] = CHOICES[name]
        return selectField(name, CHOICES[name], attributes[name] ?? initial, choice =>
          setState(setAttribute(state, name, choice, initial)),
        )
      })}
    </div>
    <div class="fields">
      ${FLAGS.map(name =>
        checkbox(name, name in attributes, checked =>
          setState(setAttribute(state, name, checked ? '' : undefined)),
        ),
      )}
    </div>
  </form>`
}

/** The handwriting of a text: `seed:…`, or the coordinates of a style. */
function handField(state: PlaygroundState, setState: SetState): TemplateResult {
  return textField('hand', 'hands', state.attributes.hand ?? DEFAULT_HAND, hand =>
    setState(setAttribute(state, 'hand', hand || DEFAULT_HAND, DEFAULT_HAND)),
  )
}

function codeSection(home: string, state: PlaygroundState, setState: SetState): TemplateResult {
  const title = `An image turning into another, by ${modelTitle(state.model)}`
  return html`<div class="written">
    <div class="ways" role="group" aria-label="Code for">
      ${(Object.keys(SNIPPETS) as SnippetName[]).map(
        snippet =>
          html`<button type="button" aria-pressed=${snippet === state.snippet ? 'true' : 'false'}
            @click=${() => setState({ ...state, snippet })}>${snippet}</button>`,
      )}
    </div>
    ${codeBlock(SNIPPETS[state.snippet](home, attributesOf(state), title))}
  </div>`
}

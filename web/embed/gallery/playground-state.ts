import { exampleEndpoint } from '../../../models/first-view.ts'
import type { ListedModel } from './model-list.ts'
import type { Attributes, SnippetName } from './snippets.ts'

/** The values of the playground's form. */
export interface PlaygroundState {
  model: ListedModel
  square: boolean
  /** Four endpoints; a path uses the first two. */
  endpoints: readonly string[]
  /** A text, or several separated by semicolons, instead of endpoints; '' for none. */
  text: string
  /** The other attributes whose values are not their defaults. */
  attributes: Attributes
  snippet: SnippetName
}

/** The playground's first state for a model: a path between two of its classes, with controls. */
export function initialState(model: ListedModel): PlaygroundState {
  const endpoints = [2, 0, 6, 4].map(index => exampleEndpoint(index, model.classes))
  return { model, square: false, endpoints, text: '', attributes: { controls: '' }, snippet: 'HTML' }
}

/** The element's attributes. */
export function attributesOf({ model, square, endpoints, text, attributes }: PlaygroundState): Attributes {
  if (text !== '') return { model: model.id, text, ...attributes }
  const ends: Attributes = square
    ? { corners: endpoints.join(';') }
    : { from: endpoints[0], to: endpoints[1] }
  const { hand: _, ...others } = attributes
  return { model: model.id, ...ends, ...others }
}

/** Sets an attribute; its default value removes it. */
export function setAttribute(
  state: PlaygroundState,
  name: string,
  value: string | undefined,
  initial?: string,
): PlaygroundState {
  if (value !== undefined && value !== initial) {
    return { ...state, attributes: { ...state.attributes, [name]: value } }
  }
  const { [name]: _, ...others } = state.attributes
  return { ...state, attributes: others }
}

/** Replaces one endpoint. */
export function setEndpoint(state: PlaygroundState, index: number, text: string): PlaygroundState {
  return { ...state, endpoints: state.endpoints.with(index, text) }
}

/** Sets or clears the text. A line of text is wide, so it starts smaller than a single image. */
export function setText(state: PlaygroundState, text: string): PlaygroundState {
  const scaled = text !== '' && !('scale' in state.attributes) ? setAttribute(state, 'scale', '4') : state
  return { ...scaled, text }
}

/** Changes the model. Endpoints that name classes which it lacks become seeds. */
export function setModel(state: PlaygroundState, model: ListedModel): PlaygroundState {
  const endpoints = state.endpoints.map((text, i) => {
    const [kind, name] = text.split(':')
    return kind === 'class' && !hasClass(model, name) ? `seed:${i + 1}` : text
  })
  return { ...state, model, endpoints }
}

function hasClass({ classes }: ListedModel, name: string): boolean {
  return classes.includes(name) || Number(name) < classes.length
}

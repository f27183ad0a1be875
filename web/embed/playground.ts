import { html, nothing, type TemplateResult } from 'lit'
import { FLAGS, NUMBERS, WORDS } from './attributes.ts'
import { type Attributes, CODES } from './code.ts'
import { codeBlock } from './copy.ts'
import type { Listed } from './gallery.ts'

/** Controls that write an element's code, with the element beside them. */
export function createPlayground(
  home: string,
  models: readonly Listed[],
  first: Listed,
  refresh: () => void,
): () => TemplateResult {
  let model = first
  let square = false
  let way = 'HTML'
  let stops = ['class:2', 'class:0', 'class:6', 'class:4'].map((text, i) => suit(text, model, i))
  const chosen: Record<string, string> = { controls: '' }
  const element = document.createElement('latent-interpolation')
  let problem = ''
  element.addEventListener('error', event => {
    const { attribute, message } = (event as CustomEvent<{ attribute: string; message: string }>).detail
    problem = `${attribute}: ${message}`
    refresh()
  })

  function attributes(): Attributes {
    const route: Attributes = square ? { corners: stops.join(';') } : { from: stops[0], to: stops[1] }
    return { model: model.id, ...route, ...chosen }
  }

  function change(name: string, value: string | undefined): void {
    if (value === undefined) delete chosen[name]
    else chosen[name] = value
    show()
  }

  function show(): void {
    problem = ''
    const wanted = attributes()
    for (const name of element.getAttributeNames()) if (!(name in wanted)) element.removeAttribute(name)
    for (const [name, value] of Object.entries(wanted)) {
      if (element.getAttribute(name) !== value) element.setAttribute(name, value)
    }
    refresh()
  }

  function choose(id: string): void {
    model = models.find(each => each.id === id) ?? first
    stops = stops.map((text, i) => suit(text, model, i))
    show()
  }

  const value = (event: Event) => (event.target as HTMLInputElement).value
  const field = (label: string, control: TemplateResult) =>
    html`<label class="field"><span class="label">${label}</span>${control}</label>`
  const select = (options: readonly string[], current: string, pick: (option: string) => void) =>
    html`<select @change=${(e: Event) => pick(value(e))}>
      ${options.map(option => html`<option ?selected=${option === current}>${option}</option>`)}
    </select>`
  const words = (name: keyof typeof WORDS) => {
    const [initial, ...rest] = WORDS[name]
    return field(
      name,
      select([initial, ...rest], chosen[name] ?? initial, word =>
        change(name, word === initial ? undefined : word),
      ),
    )
  }
  const number = (name: keyof typeof NUMBERS) => {
    const [least, most, initial] = NUMBERS[name]
    return field(
      name,
      html`<input type="number" min=${least} max=${most} .value=${chosen[name] ?? String(initial)}
        @change=${(e: Event) => change(name, value(e) === String(initial) ? undefined : value(e))} />`,
    )
  }
  const toggle = (name: string, on: boolean, set: (on: boolean) => void) =>
    html`<label class="toggle"><input type="checkbox" .checked=${on}
      @change=${(e: Event) => set((e.target as HTMLInputElement).checked)} />${name}</label>`

  const stopField = (index: number) => {
    const label = square
      ? ['top left', 'top right', 'bottom right', 'bottom left'][index]
      : ['from', 'to'][index]
    const set = (text: string) => {
      stops[index] = text.trim()
      show()
    }
    return field(
      label,
      html`<input type="text" list="stops" spellcheck="false" .value=${stops[index]} @change=${(e: Event) => set(value(e))} />`,
    )
  }

  show()
  return () => html`<div class="playground">
    <div class="live">${element}${problem ? html`<p class="problem" role="alert">${problem}</p>` : nothing}</div>
    <form @submit=${(e: Event) => e.preventDefault()}>
      <datalist id="stops">
        ${model.classes.map((name, i) => html`<option value=${`class:${i}`}>${name}</option>`)}
        ${[1, 2, 3].map(seed => html`<option value=${`seed:${seed}`}></option>`)}
      </datalist>
      <div class="fields">
        ${field(
          'model',
          select(
            models.map(each => each.id),
            model.id,
            choose,
          ),
        )}
        ${(square ? [0, 1, 2, 3] : [0, 1]).map(stopField)}
        ${toggle('four corners', square, on => {
          square = on
          show()
        })}
      </div>
      <div class="fields">${(['steps', 'scale', 'duration'] as const).map(number)}</div>
      <div class="fields">${(['path', 'engine', 'theme'] as const).map(words)}</div>
      <div class="fields">
        ${FLAGS.map(name => toggle(name, name in chosen, on => change(name, on ? '' : undefined)))}
      </div>
    </form>
    <div class="written">
      <div class="ways" role="group" aria-label="Code for">
        ${Object.keys(CODES).map(
          name =>
            html`<button type="button" aria-pressed=${name === way ? 'true' : 'false'} @click=${() => {
              way = name
              refresh()
            }}>${name}</button>`,
        )}
      </div>
      ${codeBlock(CODES[way](home, attributes(), `An image turning into another, by ${model.id}`))}
    </div>
  </div>`
}

/** An endpoint that the model has: without classes, or with fewer, a seed instead. */
function suit(text: string, { classes }: Listed, index: number): string {
  const [kind, name] = text.split(':')
  return kind === 'class' && !(Number(name) < classes.length) ? `seed:${index + 1}` : text
}

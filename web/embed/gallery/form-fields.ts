import { html, type TemplateResult } from 'lit'

/* Labelled form fields. They call back when the reader has finished entering a value. */

const inputValue = (event: Event) => (event.target as HTMLInputElement).value

const labelled = (label: string, control: TemplateResult) =>
  html`<label class="field"><span class="label">${label}</span>${control}</label>`

/** A labelled menu of choices. */
export function selectField(
  label: string,
  choices: readonly (string | readonly [value: string, title: string])[],
  current: string,
  onChange: (choice: string) => void,
): TemplateResult {
  return labelled(
    label,
    html`<select .value=${current} @change=${(event: Event) => onChange(inputValue(event))}>
      ${choices.map(choice => {
        const [value, title] = typeof choice === 'string' ? [choice, choice] : choice
        return html`<option value=${value} ?selected=${value === current}>${title}</option>`
      })}
    </select>`,
  )
}

/** A labelled number field with a minimum and a maximum. */
export function numberField(
  label: string,
  [minimum, maximum]: readonly [number, number, ...unknown[]],
  current: string,
  onChange: (text: string) => void,
): TemplateResult {
  return labelled(
    label,
    html`<input type="number" min=${minimum} max=${maximum} .value=${current}
      @change=${(event: Event) => onChange(inputValue(event))} />`,
  )
}

/** @param list id of the `datalist` with suggestions */
export function textField(
  label: string,
  list: string,
  current: string,
  onChange: (text: string) => void,
): TemplateResult {
  return labelled(
    label,
    html`<input type="text" list=${list} spellcheck="false" .value=${current}
      @change=${(event: Event) => onChange(inputValue(event).trim())} />`,
  )
}

/** A labelled checkbox. */
export function checkbox(
  label: string,
  checked: boolean,
  onChange: (checked: boolean) => void,
): TemplateResult {
  return html`<label class="toggle"><input type="checkbox" .checked=${checked}
    @change=${(event: Event) => onChange((event.target as HTMLInputElement).checked)} />${label}</label>`
}

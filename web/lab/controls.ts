import { html, type TemplateResult } from 'lit'
import { fixed } from '../../models/print-number.ts'

/** An on/off control. */
export function toggle(label: string, on: boolean, change: (on: boolean) => void): TemplateResult {
  return html`<label class="toggle">
    <input type="checkbox" .checked=${on} @change=${(e: Event) => change((e.target as HTMLInputElement).checked)} />
    <span>${label}</span>
  </label>`
}

/** A slider with its value beside it. */
export function slider(
  label: string,
  value: number,
  range: { min: number; max: number; step: number; print?: (value: number) => string },
  change: (value: number) => void,
): TemplateResult {
  const print = range.print ?? (v => fixed(v, 2))
  return html`<label class="slider">
    <span class="label">${label}</span>
    <input
      type="range"
      min=${range.min}
      max=${range.max}
      step=${range.step}
      .value=${String(value)}
      aria-valuetext=${print(value)}
      @input=${(e: Event) => change(Number((e.target as HTMLInputElement).value))}
    />
    <span class="value" aria-hidden="true">${print(value)}</span>
  </label>`
}

/** A few options, of which exactly one is selected. */
export function choices<T extends string>(
  label: string,
  options: readonly (readonly [T, string])[],
  value: T,
  change: (value: T) => void,
): TemplateResult {
  return html`<fieldset class="choices">
    <legend class="label">${label}</legend>
    ${options.map(
      ([option, text]) => html`<label>
        <input
          type="radio"
          name=${`choice-${label}`}
          .checked=${option === value}
          @change=${() => change(option)}
        /><span>${text}</span>
      </label>`,
    )}
  </fieldset>`
}

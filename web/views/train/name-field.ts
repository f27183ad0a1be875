import { html, type TemplateResult } from 'lit'

/** A name that can be written over; an empty one is not taken. */
export function nameField(label: string, title: string, rename: (title: string) => void): TemplateResult {
  const change = (event: Event) => {
    const next = (event.target as HTMLInputElement).value.trim()
    if (next) rename(next)
  }
  return html`<input type="text" aria-label=${label} .value=${title} @change=${change} maxlength="80" />`
}

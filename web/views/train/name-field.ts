import { html, type TemplateResult } from 'lit'

/** A field with a name that can be changed; an empty name is ignored. */
export function nameField(label: string, title: string, rename: (title: string) => void): TemplateResult {
  const change = (event: Event) => {
    const next = (event.target as HTMLInputElement).value.trim()
    if (next) rename(next)
  }
  return html`<input type="text" aria-label=${label} .value=${title} @change=${change} maxlength="80" />`
}

import { html } from 'hono/html'

/** Text for HTML or XML, in content and in attributes. */
export function escapeHtml(text: string): string {
  return String(html`${text}`)
}

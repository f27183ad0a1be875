import { html, svg, type TemplateResult } from 'lit'
import type { AppContext } from '../lab/app-context.ts'
import { showMessageBeside } from '../lab/control-message.ts'

const COPY = svg`<path d="M5 5V2.5h8.5V11H11M2.5 5H11v8.5H2.5z" />`

/**
 * A button that copies the command that trains a row's model again. If the page may not use the clipboard, it shows the
 * command.
 */
export function commandButton(app: AppContext, command: string): TemplateResult {
  const copy = async (event: Event) => {
    const button = event.currentTarget as HTMLButtonElement
    try {
      await navigator.clipboard.writeText(command)
      app.say(`Copied: ${command}`)
      button.dataset.copied = ''
      setTimeout(() => delete button.dataset.copied, 1500)
    } catch {
      showMessageBeside(button, command)
    }
  }
  return html`<button class="command" aria-label=${`Copy ${command}`} title=${command} @click=${copy}>
    <svg viewBox="0 0 16 16" aria-hidden="true">${COPY}</svg>
  </button>`
}

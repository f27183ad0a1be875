import { html, type TemplateResult } from 'lit'

/** Code to read and to copy. */
export function codeBlock(code: string): TemplateResult {
  return html`<div class="code">
    <pre tabindex="0"><code>${code}</code></pre>
    <button type="button" @click=${copy}>Copy</button>
  </div>`
}

/** Copies the code beside the button, and says so on the button. */
async function copy(event: Event): Promise<void> {
  const button = event.currentTarget as HTMLButtonElement
  const code = button.previousElementSibling as HTMLElement
  try {
    await navigator.clipboard.writeText(code.textContent ?? '')
    button.textContent = 'Copied'
  } catch {
    // Without the clipboard, it is at least marked.
    getSelection()?.selectAllChildren(code)
    button.textContent = 'Press Ctrl-C'
  }
  setTimeout(() => {
    button.textContent = 'Copy'
  }, 2000)
}

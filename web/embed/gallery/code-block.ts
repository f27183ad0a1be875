import { html, type TemplateResult } from 'lit'

/** A block of code with a button that copies it. */
export function codeBlock(code: string): TemplateResult {
  return html`<div class="code">
    <pre tabindex="0"><code>${code}</code></pre>
    <button type="button" @click=${copyCode}>Copy</button>
  </div>`
}

/** Copies the code before the button; the button's text says whether that worked. */
async function copyCode(event: Event): Promise<void> {
  const button = event.currentTarget as HTMLButtonElement
  const code = button.previousElementSibling as HTMLElement
  try {
    await navigator.clipboard.writeText(code.textContent ?? '')
    button.textContent = 'Copied'
  } catch {
    // Without access to the clipboard the code is selected, to be copied by key.
    getSelection()?.selectAllChildren(code)
    button.textContent = 'Press Ctrl-C'
  }
  setTimeout(() => {
    button.textContent = 'Copy'
  }, 2000)
}

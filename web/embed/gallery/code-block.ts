import { html, type TemplateResult } from 'lit'

/** A code block with a button that copies it. */
export function codeBlock(code: string): TemplateResult {
  return html`<div class="code">
    <pre tabindex="0"><code>${code}</code></pre>
    <button type="button" @click=${copyCode}>Copy</button>
  </div>`
}

/** Copies the code before the button, whose text then says whether that worked. */
async function copyCode(event: Event): Promise<void> {
  const button = event.currentTarget as HTMLButtonElement
  const code = button.previousElementSibling as HTMLElement
  try {
    await navigator.clipboard.writeText(code.textContent ?? '')
    button.textContent = 'Copied'
  } catch {
    // If the page may not use the clipboard, the code is selected so that it can be copied by key.
    getSelection()?.selectAllChildren(code)
    button.textContent = 'Press Ctrl+C or ⌘C'
  }
  setTimeout(() => {
    button.textContent = 'Copy'
  }, 2000)
}

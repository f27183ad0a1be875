/** Milliseconds after which a message disappears. */
const SHOWN_MS = 4000

/**
 * Shows a short message beside a control and announces it to screen readers. It disappears after four seconds; a new
 * message of the same control replaces it.
 */
export function showMessageBeside(control: Element, text: string): void {
  const next = control.nextElementSibling
  if (next?.classList.contains('answer')) next.remove()
  const answer = document.createElement('span')
  answer.className = 'answer'
  answer.setAttribute('role', 'status')
  control.after(answer)
  // Screen readers announce changes of a live region, not its initial text.
  requestAnimationFrame(() => {
    answer.textContent = text
  })
  setTimeout(() => answer.remove(), SHOWN_MS)
}

/**
 * Copies a text and confirms it beside the control. If the page may not use the clipboard, shows the text so that the
 * visitor can copy it.
 */
export async function copyWithMessage(control: Element, text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    showMessageBeside(control, done)
  } catch {
    showMessageBeside(control, `This browser does not let the page use the clipboard. Copy this: ${text}`)
  }
}

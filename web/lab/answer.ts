const SHOWN = 4000

/**
 * Shows a short message beside the control that was pressed, and announces it to screen readers. It disappears after
 * four seconds; another message of the same control replaces it.
 */
export function answerAt(control: Element, text: string): void {
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
  setTimeout(() => answer.remove(), SHOWN)
}

/**
 * Copies a text and confirms it beside the control. If the clipboard is denied, shows the text to be copied by hand.
 */
export async function copyAt(control: Element, text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    answerAt(control, done)
  } catch {
    answerAt(control, `This browser does not let the page use the clipboard. Copy this: ${text}`)
  }
}

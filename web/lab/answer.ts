const SHOWN = 4000

/**
 * Shows a short answer beside the control that was pressed, and announces it to screen readers. It goes after four
 * seconds; another answer of the same control takes its place.
 */
export function answerAt(control: Element, text: string): void {
  const next = control.nextElementSibling
  if (next?.classList.contains('answer')) next.remove()
  const answer = document.createElement('span')
  answer.className = 'answer'
  answer.setAttribute('role', 'status')
  control.after(answer)
  // Live regions are announced when they change, not when they are added with their text.
  requestAnimationFrame(() => {
    answer.textContent = text
  })
  setTimeout(() => answer.remove(), SHOWN)
}

/** Copies a text and says so at the control; where the clipboard is denied, shows the text to be copied by hand. */
export async function copyAt(control: Element, text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    answerAt(control, done)
  } catch {
    answerAt(control, `This browser does not let the page use the clipboard. Copy this: ${text}`)
  }
}

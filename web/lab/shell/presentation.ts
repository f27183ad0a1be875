import { html, type TemplateResult } from 'lit'
import { unsafeSVG } from 'lit/directives/unsafe-svg.js'
import { until } from 'lit/directives/until.js'
import type { AppContext } from '../app-context.ts'
import { writeState } from '../state/state.ts'
import { leaveTour } from './tour.ts'

/** Starts a presentation: the view alone, in large type, on the full screen if the browser allows it. */
export function startPresentation(app: AppContext): void {
  app.set({ present: true })
  document.documentElement.requestFullscreen?.().catch(() => {})
}

function stopPresentation(app: AppContext): void {
  app.set({ present: false })
  if (document.fullscreenElement) void document.exitFullscreen()
}

/** Has Escape end a presentation, or else the tour. */
export function listenForEscape(app: AppContext): void {
  window.addEventListener('keydown', event => {
    // A menu or a field that Escape closes or clears comes first.
    if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open]')) return
    if (app.state.present) stopPresentation(app)
    else if (app.state.tour > 0) leaveTour(app)
  })
}

/**
 * What a presentation shows in its corner: a QR code of the link to the view, and a button that ends the presentation.
 */
export function presentationCorner(app: AppContext): TemplateResult {
  const link = new URL(writeState({ ...app.state, present: false, tour: 0 }) || '.', location.href).href
  return html`<aside class="presentation" aria-label="Presentation">
    <div class="qr" role="img" aria-label="QR code of the link to this view">${until(qrCode(link), '')}</div>
    <button class="quiet" @click=${() => stopPresentation(app)}>Leave (Esc)</button>
  </aside>`
}

async function qrCode(text: string): Promise<ReturnType<typeof unsafeSVG>> {
  const { renderSVG } = await import('uqr')
  return unsafeSVG(renderSVG(text, { border: 2 }))
}

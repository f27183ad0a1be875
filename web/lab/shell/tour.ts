import { html, nothing, type TemplateResult } from 'lit'
import type { AppContext } from '../app-context.ts'
import type { State } from '../state/state.ts'

interface Step {
  title: string
  text: string
  /** Changes to the state that show what the step is about. */
  state: Partial<State>
}

const STEPS: readonly Step[] = [
  {
    title: 'A plane of images',
    text: 'A model has learnt to describe each image in a few numbers, and to draw it again from them. Drag the ring: every point of this plane is an image.',
    state: { view: 'explore', grid: false },
  },
  {
    title: 'The images in between',
    text: 'This grid decodes a hundred points at once. Neighbours look alike: one image turns into the next. Switch it off again below the plane.',
    state: { view: 'explore', grid: true },
  },
  {
    title: 'Images that nobody drew',
    text: 'A random point gives a new image. Draw again, or choose a class. Below each image is the class that a classifier, the judge, sees in it.',
    state: { view: 'sample', grid: false },
  },
  {
    title: 'From one image to another',
    text: 'Press Play: the numbers change steadily from one image’s to another’s, and each step is decoded. Choose other ends, and download it as an animation.',
    state: { view: 'interpolate' },
  },
  {
    title: 'Your own image',
    text: 'Draw a digit, photograph one, or drop a picture anywhere. Each model encodes it to a few numbers and shows what it decodes from them.',
    state: { view: 'reconstruct' },
  },
]

/** Number of steps of the tour. */
export const TOUR_STEPS = STEPS.length

/** The tour's panel, at the step of the state's `tour`; nothing outside the tour. */
export function tourPanel(app: AppContext): TemplateResult | typeof nothing {
  const at = app.state.tour
  const step = STEPS[at - 1]
  if (!step) return nothing
  const leave = () => leaveTour(app)
  return html`<section class="tour" aria-label="Tour" aria-live="polite">
    <div>
      <h2>${at} of ${STEPS.length}: ${step.title}</h2>
      <p>${step.text}</p>
    </div>
    <div class="actions">
      ${at > 1 ? html`<button @click=${() => goTo(app, at - 1)}>Back</button>` : nothing}
      ${
        at < STEPS.length
          ? html`<button class="primary" @click=${() => goTo(app, at + 1)}>Next</button>`
          : html`<button class="primary" @click=${leave}>Done</button>`
      }
      <button class="quiet" @click=${leave}>Leave the tour (Esc)</button>
    </div>
  </section>`
}

/** Starts the tour. */
export function startTour(app: AppContext): void {
  goTo(app, 1)
}

/** Ends the tour; the view stays as it is. */
export function leaveTour(app: AppContext): void {
  app.set({ tour: 0 })
  focusOnceDrawn('.tour-start')
}

/** The panel is at the end of the page: the focus is moved there, so that Enter goes from step to step. */
function goTo(app: AppContext, step: number): void {
  app.set({ ...STEPS[step - 1].state, tour: step }, 'push')
  focusOnceDrawn('.tour .primary')
}

/** The state that was set is drawn with the next frame. */
function focusOnceDrawn(selector: string): void {
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true })
  })
}

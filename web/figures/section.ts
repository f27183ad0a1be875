import { html, type TemplateResult } from 'lit'
import { FIGURES } from '../../models/paper/figure-list.ts'
import type { AppContext } from '../lab/app-context.ts'
import { failure } from '../lab/status.ts'
import { createWorkQueue } from './decoding.ts'
import { createFigure } from './figure.ts'
import { createLossCurves } from './loss-curves.ts'
import { createNearWindow } from './near-window.ts'
import { NARROW } from './panels/reconstructions-panel.ts'
import './panels/panels.css'
import './figures.css'

const figureElements = () => [...document.querySelectorAll<HTMLElement>('.paper-figure')]

/** The section of the page with all figures. */
export interface FiguresSection {
  render(): TemplateResult
  close(): void
}

/** The section of the paper's figures, each drawn from this server's models when it comes near the window. */
export function figuresSection(app: AppContext): FiguresSection {
  const near = createNearWindow()
  let sought = false
  let preparing = false

  function showAll(): void {
    near.startNow(figureElements())
    app.refresh()
  }

  /** Fetches and draws all figures before printing, because nothing is drawn while the browser prints. */
  async function printAll(): Promise<void> {
    preparing = true
    showAll()
    const isDone = (element: HTMLElement) => !/waiting|loading/.test(element.dataset.state ?? '')
    while (preparing && !figureElements().every(isDone))
      await new Promise(resolve => setTimeout(resolve, 200))
    if (preparing) window.print()
    preparing = false
    app.refresh()
  }

  const print = matchMedia('print')
  const beginPrint = () => print.matches && showAll()
  print.addEventListener('change', beginPrint)
  const shared = { queue: createWorkQueue(), curves: createLossCurves(app.refresh) }
  NARROW.addEventListener('change', app.refresh)
  const figures = FIGURES.map(figure => createFigure(app, shared, figure, near.watch))

  /** Scrolls to the figure that the address names, once the figures have been rendered. */
  function seek(): void {
    if (sought) return
    sought = true
    requestAnimationFrame(() => document.getElementById(location.hash.slice(1))?.scrollIntoView())
  }

  return {
    render() {
      const list = app.catalog.list
      if (list.state.status === 'ready') seek()
      return html`<section class="paper-figures" aria-labelledby="figures-title">
        <h2 id="figures-title">The paper’s figures, drawn from this server’s models</h2>
        <p class="note">
          Each figure is computed in this browser when it comes into view. Point at a dot in a plane to see its
          image; a click opens
          the point in Explore. The title of a panel opens the view that shows the same.
        </p>
        <div class="actions">
          <button ?disabled=${preparing} @click=${() => void printAll()}>
            ${preparing ? 'Drawing all figures…' : 'Print with all figures'}
          </button>
        </div>
        <ul class="figure-index">
          ${FIGURES.map(
            ({ slug, numbers, title }) =>
              html`<li><a href=${`#figure-${slug}`}><span>${numbers}</span>${title}</a></li>`,
          )}
        </ul>
        ${
          list.state.status === 'failed'
            ? failure(list.state.message, () => list.retry())
            : list.state.status === 'ready'
              ? figures.map(figure => figure.render())
              : ''
        }
      </section>`
    },
    close() {
      preparing = false
      near.close()
      print.removeEventListener('change', beginPrint)
      NARROW.removeEventListener('change', app.refresh)
    },
  }
}

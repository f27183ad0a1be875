import '../styles/paper.css'
import '../styles/verdict.css'
import { html } from 'lit'
import { source } from '../../models/paper/tables.json'
import { reportAt } from '../../models/paper/verdict.ts'
import { figuresSection } from '../figures/section.ts'
import type { AppContext, View } from '../lab/app-context.ts'
import { contents } from '../paper/contents.ts'
import { differences } from '../paper/differences.ts'
import { questionSection } from '../paper/question-section.ts'
import { questions } from '../paper/questions.ts'
import { REPORT } from '../paper/report/report.ts'
import { tables } from '../paper/tables.ts'
import { variantTable } from '../paper/variant-table.ts'
import { verdict } from '../paper/verdict.ts'
import { createChart } from '../plot/chart.ts'

/** The replication of the paper: its verdict, the tables side by side, what it leaves open, and its figures. */
export function createPaper(app: AppContext): View {
  const chart = createChart()
  const figures = figuresSection(app)
  const asked = questions(REPORT)
  const differing = differences(REPORT)
  showAnchor()

  return {
    render() {
      const report = reportAt(REPORT, app.state.latent)
      return html`<div class="heading">
          <div>
            <h1>The paper, replicated</h1>
            <p class="lead">
              Everything here follows one study: ${source}. This page says what of it came out the same, what did not,
              and what was done otherwise.
            </p>
          </div>
        </div>
        <div class="paper">
          ${contents(asked)}
          <div class="paper-body">
            ${verdict(app, report)} ${tables(app, report, chart)}
            <section class="part" id="open" aria-labelledby="open-title">
              <h2 id="open-title">What the paper leaves open</h2>
              ${asked.map(questionSection)}
            </section>
            <section class="part" id="differs" aria-labelledby="differs-title">
              <h2 id="differs-title">What differs here</h2>
              ${differing.map(questionSection)}
            </section>
            <section class="part" id="beside" aria-labelledby="beside-title">
              <h2 id="beside-title">Runs beside the tables</h2>
              <p class="prose">
                Models of the tables trained otherwise, one difference at a time or by the paper’s protocol. They answer
                the questions above and count in no tally.
              </p>
              ${variantTable(app, REPORT)}
            </section>
            <div class="part" id="figures">${figures.render()}</div>
          </div>
        </div>`
    },
    close: figures.close,
  }
}

/** Goes to the section that the address names, once it has been drawn: it was not there when the page came. */
function showAnchor(): void {
  const anchor = location.hash.slice(1)
  if (anchor) {
    requestAnimationFrame(() =>
      requestAnimationFrame(() => document.getElementById(anchor)?.scrollIntoView()),
    )
  }
}

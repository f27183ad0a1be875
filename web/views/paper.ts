import { html } from 'lit'
import type { Card } from '../../models/card.ts'
import { source } from '../../models/paper.json'
import type { Lab, View } from '../lab.ts'
import { ready } from '../loadable.ts'
import { contents } from '../paper/contents.ts'
import { differences } from '../paper/differences.ts'
import { open } from '../paper/link.ts'
import { questionSection } from '../paper/question.ts'
import { questions } from '../paper/questions.ts'
import { REPORT } from '../paper/report.ts'
import { tables } from '../paper/tables.ts'
import { variantTable } from '../paper/variants.ts'
import { verdict } from '../paper/verdict.ts'
import { createChart } from '../plot/chart.ts'
import { figures } from './figures.ts'
import '../styles/paper.css'
import '../styles/verdict.css'

/** The replication of the paper: its verdict, the tables side by side, what it leaves open, and its figures. */
export function createPaper(lab: Lab): View {
  const chart = createChart()
  const asked = questions(REPORT)
  const differing = differences(REPORT)
  showAnchor()

  function cards(): Card[] {
    const list = (ready(lab.catalog.list) ?? []).filter(one => one.available)
    return list.map(({ id }) => ready(lab.catalog.model(id).card)).filter(card => card !== undefined)
  }

  return {
    render() {
      const ours = cards()
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
            ${verdict(lab, REPORT)} ${tables(lab, REPORT, chart)}
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
              ${variantTable(lab, REPORT)}
            </section>
            <section class="part" id="figures" aria-label="Figures">
              <h2>Its figures, to play with</h2>
              <ul class="figure-list">
                ${figures(ours).map(({ title, state }) => html`<li>${open(lab, title, state)}</li>`)}
              </ul>
            </section>
          </div>
        </div>`
    },
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

import '../styles/views/paper.css'
import '../styles/views/paper-wide.css'
import '../styles/views/verdict-marks.css'
import '../styles/views/verdict.css'
import { html, nothing, type TemplateResult } from 'lit'
import type { Report } from '../../models/paper/report.ts'
import { source } from '../../models/paper/tables.json'
import { reportAt } from '../../models/paper/verdict.ts'
import type { FiguresSection } from '../figures/section.ts'
import type { AppContext, View } from '../lab/app-context.ts'
import { failure } from '../lab/status.ts'
import { contents } from '../paper/contents.ts'
import { method } from '../paper/method.ts'
import { questionSection } from '../paper/question-section.ts'
import { questions } from '../paper/questions.ts'
import { REPORT } from '../paper/report/report.ts'
import { rerun } from '../paper/rerun.ts'
import { tables } from '../paper/tables/tables.ts'
import { variantTable } from '../paper/tables/variant-table.ts'
import { threats } from '../paper/threats.ts'
import { verdict } from '../paper/verdict/verdict.ts'
import { createLaterChart } from '../plot/later-chart.ts'

/** Paper: the replication of the paper, with its verdict, tables, open questions and figures. */
export function createPaper(app: AppContext): View {
  const chart = createLaterChart()
  const figures = fetchFigures(app)
  const openQuestions = questions(REPORT)
  const methods = method(REPORT)
  let rendered = false

  /** What follows the verdict. It is rendered a frame later, so that the verdict is painted first. */
  function rest(report: Report): TemplateResult | typeof nothing {
    if (!rendered) {
      rendered = true
      app.refresh()
      showAnchor()
      return nothing
    }
    return html`<section class="part" id="method" aria-labelledby="method-title">
        <h2 id="method-title">Method</h2>
        ${methods.map(questionSection)}
      </section>
      ${tables(app, report, chart)}
      <section class="part" id="open" aria-labelledby="open-title">
        <h2 id="open-title">What the paper leaves open</h2>
        ${openQuestions.map(questionSection)}
      </section>
      <div class="part">${questionSection(threats(REPORT))}</div>
      ${rerun()}
      <section class="part" id="beside" aria-labelledby="beside-title">
        <h2 id="beside-title">Additional runs</h2>
        <p class="prose">
          Models of the tables, trained with one setting changed or by the paper’s protocol. They help to answer
          the questions
          above and are not counted in the verdict.
        </p>
        ${variantTable(app, REPORT)}
      </section>
      <div class="part" id="figures">${figures.render()}</div>`
  }

  return {
    render() {
      const report = reportAt(REPORT, app.state.latent)
      return html`<div class="heading">
          <div>
            <h1>The paper, replicated</h1>
            <p class="lead">
              A report on the replication of ${source}. The study compares autoencoders (AEs) with variational autoencoders
              (VAEs) on MNIST, Fashion-MNIST and FreyFace: how the size of z, the number of layers, the prior and β affect the
              reconstruction loss. The question here is whether its results can be reached by someone who has
              only its text:
              what came out the same, what did not, and which readings of the text fit its figures.
            </p>
          </div>
        </div>
        <div class="paper">
          ${contents(openQuestions)}
          <div class="paper-body">
            ${verdict(app, report)} ${rest(report)}
          </div>
        </div>`
    },
    close: figures.close,
  }
}

/** The figures, at the end of the page: their script is fetched after the page's. */
function fetchFigures(app: AppContext): FiguresSection {
  let section: FiguresSection | undefined
  let failed = false
  let closed = false
  import('../figures/section.ts').then(
    ({ figuresSection }) => {
      if (!closed) section = figuresSection(app)
      app.refresh()
    },
    () => {
      failed = true
      app.refresh()
    },
  )
  return {
    render() {
      if (section) return section.render()
      return failed
        ? failure(
            'The figures could not be fetched: the server does not answer, or it has a newer page.',
            () => location.reload(),
          )
        : html`<p class="progress">Fetching the figures…</p>`
    },
    close() {
      closed = true
      section?.close()
    },
  }
}

/** Scrolls to the section that the address names, once it has been rendered. */
function showAnchor(): void {
  const anchor = location.hash.slice(1)
  if (anchor) {
    requestAnimationFrame(() =>
      requestAnimationFrame(() => document.getElementById(anchor)?.scrollIntoView()),
    )
  }
}

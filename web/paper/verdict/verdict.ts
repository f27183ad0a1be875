import { html, nothing, type TemplateResult } from 'lit'
import type { Report, ReportRow, Tally } from '../../../models/paper/report.ts'
import { distinctRows, type Miss, misses } from '../../../models/paper/verdict.ts'
import { fixed } from '../../../models/print-number.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { modelLink } from '../link.ts'
import { numbersTable } from '../question-section.ts'
import { DATA, decimalsFor, LOSSES, printed, titleOf } from '../report/names.ts'
import { percent, signed } from '../report/numbers.ts'
import { tableBox } from '../table-box.ts'
import { findings } from './findings.ts'
import { mark } from './mark.ts'
import { matrix } from './matrix.ts'

/** How many missed figures are shown before the reader unfolds the rest. */
const SHOWN = 8

/** The tally in two sentences: how many figures are met, and how many are better or worse beyond the spread. */
export function tallySentences({ of, run, met, better, level, worse }: Tally): [string, string] {
  if (run === 0) return [`None of the paper’s ${of} figures on test images has been run yet.`, '']
  const notRun = of - run
  return [
    `${met} of the paper’s ${of} figures on test images ${verb(met)} met or beaten. ${run - met} ${verb(run - met)} not` +
      (notRun > 0 ? `, and ${notRun} ${notRun === 1 ? 'has' : 'have'} not been run yet.` : '.'),
    `By more than the spread, ${better} ${verb(better)} better and ${worse} worse; ${level} ${verb(level)} ` +
      'level with the paper’s.',
  ]
}

const verb = (n: number) => (n === 1 ? 'is' : 'are')

/**
 * The section with the verdict: how many figures are met, where the others are, and by how much they are missed.
 *
 * @param report with its rows at the z (mu or drawn) of the page's state
 */
export function verdict(app: AppContext, report: Report): TemplateResult {
  const [met, beyond] = tallySentences(report.tally)
  const missed = misses(report.rows)
  return html`<section id="verdict" class="part" aria-labelledby="verdict-title">
    <h2 id="verdict-title">The verdict</h2>
    <p class="tally">${met}</p>
    <p class="note">
      ${beyond} A figure is met when our mean, rounded as the paper rounds, is no larger than the paper’s. The spread is
      the largest of our standard deviation over folds, the paper’s, and half a unit of the paper’s last
      decimal. ${
        app.state.latent === 'mu'
          ? html`VAEs are measured at z = mu here; <a href="#drawn">more of the paper’s figures fit z drawn</a>.`
          : html`VAEs are measured at a z drawn from the posterior, <a href="#drawn">which more of the paper’s figures fit</a>.`
      }
    </p>
    ${matrix(app, report)}
    <h3 id="findings">The paper’s findings, and whether our results confirm them</h3>
    ${numbersTable(findings(report))}
    ${missed.length > 0 ? missList(app, missed, distinctRows(report.rows).length) : nothing}
  </section>`
}

function missList(app: AppContext, missed: readonly Miss[], of: number): TemplateResult {
  const rest = missed.slice(SHOWN)
  return html`<h3 id="not-met">What is not met, and by how much</h3>
    ${missTable(app, `${missed.length} of ${of} figures, the largest relative excess over the paper’s figure first`, missed.slice(0, SHOWN))}
    ${
      rest.length > 0
        ? html`<details class="more">
            <summary>The other ${rest.length} figures that are not met</summary>
            ${missTable(app, 'The other figures that are not met', rest)}
          </details>`
        : nothing
    }
    ${missed.some(({ row }) => isDeepFreyAe(row)) ? html`<p class="note">The missed figures of FreyFace’s AEs are discussed under <a href="#trained-on">“Did the paper’s test set contain training frames?”</a></p>` : nothing}`
}

function isDeepFreyAe({ dataset, kind, layers }: ReportRow): boolean {
  return dataset === 'freyface' && kind === 'ae' && layers > 1
}

function missTable(app: AppContext, caption: string, missed: readonly Miss[]): TemplateResult {
  return tableBox(
    caption,
    'compact',
    html`
      <thead>
        <tr>
          <th scope="col">Model</th>
          <th scope="col" class="word">Data</th>
          <th scope="col" class="word">Loss</th>
          <th scope="col">Table</th>
          <th scope="col">Ours</th>
          <th scope="col">Paper</th>
          <th scope="col">Excess</th>
          <th scope="col">Relative</th>
          <th scope="col" class="judged">Verdict</th>
        </tr>
      </thead>
      <tbody>
        ${missed.map(
          ({ row, by }) => html`<tr>
            <th scope="row">${modelLink(app, row.id, titleOf(row))}</th>
            <td class="word">${DATA[row.dataset].title}</td>
            <td class="word">${LOSSES[row.loss].title}</td>
            <td>${row.table}</td>
            <td class="ours">${fixed(row.ours?.test.mean, decimalsFor(row.loss))}</td>
            <td class="theirs">${printed(row.table, row.paper.test.mean)}</td>
            <td>${signed(by, decimalsFor(row.loss))}</td>
            <td>${percent(by / row.paper.test.mean)}</td>
            <td class="judged">${mark({ ...row, met: null })}</td>
          </tr>`,
        )}
      </tbody>`,
  )
}

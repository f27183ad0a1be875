import { html, type TemplateResult } from 'lit'
import type { Mean, ReportRow } from '../../../models/paper/report.ts'
import { fixed } from '../../../models/print-number.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { commandButton } from '../command-button.ts'
import { modelLink } from '../link.ts'
import { decimalsFor, printed, titleOf } from '../report/names.ts'
import { tableBox } from '../table-box.ts'
import { mark } from '../verdict/mark.ts'

/** Decimals of a standard deviation: the paper prints it as a percentage with three decimals. */
const DEVIATION = 5

/** One of the paper's tables for one data set, with the paper's numbers and ours. */
export function paperTable(app: AppContext, caption: string, rows: readonly ReportRow[]): TemplateResult {
  return tableBox(
    caption,
    'both',
    html`
      <thead>
        <tr>
          <th scope="col" rowspan="2">Model</th>
          <th scope="col" rowspan="2">Folds</th>
          <th scope="colgroup" colspan="2" class="group">Validation</th>
          <th scope="colgroup" colspan="3" class="group">Test</th>
          <th scope="col" rowspan="2">KL</th>
          <th scope="col" rowspan="2">Active</th>
          <th scope="col" rowspan="2"><span class="aside">Command that trains it again</span></th>
        </tr>
        <tr>
          <th scope="col">ours</th>
          <th scope="col">paper</th>
          <th scope="col">ours</th>
          <th scope="col">paper</th>
          <th scope="col" class="judged">verdict</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(row => line(app, row))}
      </tbody>`,
  )
}

function line(app: AppContext, row: ReportRow): TemplateResult {
  const { ours, paper, table, loss, kind } = row
  const theirs = ({ mean, std }: ReportRow['paper']['test']) => withDeviation(printed(table, mean), std)
  const mine = (value: Mean | undefined) =>
    value
      ? html`<td class="ours">${withDeviation(fixed(value.mean, decimalsFor(loss)), value.std)}</td>`
      : html`<td class="theirs">${withDeviation('–', null)}</td>`
  return html`<tr>
    <th scope="row">${modelLink(app, row.id, titleOf(row))}</th>
    <td>${ours ? `${ours.n}/${ours.folds}` : '–'}</td>
    ${mine(ours?.validation)}
    <td class="theirs">${theirs(paper.validation)}</td>
    ${mine(ours?.test)}
    <td class="theirs">${theirs(paper.test)}</td>
    <td class="judged">${mark(row)}</td>
    <td class="theirs">${fixed(ours?.kl, 2)}</td>
    <td class="theirs">${kind === 'vae' && ours ? Number(ours.activeUnits.toFixed(1)) : '–'}</td>
    <td>${ours ? commandButton(app, ours.command) : ''}</td>
  </tr>`
}

function withDeviation(mean: string, std: number | null): TemplateResult {
  // This is rendered without a deviation too, so that the means stay aligned.
  return html`${mean} <span class="deviation">${std === null ? '' : `± ${fixed(std, DEVIATION)}`}</span>`
}

import { html, nothing, type TemplateResult } from 'lit'
import type { Report, ReportRow } from '../../../models/paper/report.ts'
import type { AppContext } from '../../lab/app-context.ts'
import type { State } from '../../lab/state/state.ts'
import { open } from '../link.ts'
import { DATA, IN_ADDRESS, titleOf } from '../report/names.ts'
import { tableBox } from '../table-box.ts'
import { standing } from './mark.ts'

const LINES = [
  [1, 'Priors, BCE', 'priors'],
  [2, 'β, BCE', 'betas'],
  [3, 'Latent size, BCE', 'latent-size'],
  [4, 'Latent size, MSE', 'latent-size'],
  [5, 'Latent size, L1', 'latent-size'],
  [6, 'Layers, BCE', 'layers'],
  [7, 'Layers, MSE', 'layers'],
  [8, 'Layers, L1', 'layers'],
] as const

/** An overview of all tables: a square for each figure, and the number of those met, linked to the table. */
export function matrix(app: AppContext, report: Report): TemplateResult {
  const data = Object.entries(IN_ADDRESS) as [State['data'], ReportRow['dataset']][]
  const caption =
    'A square for each figure on test images, in the order of its table. Tables 6 to 8 repeat the one-layer models of ' +
    'Tables 3 to 5, so there are more squares than figures.'
  return html`${tableBox(
    caption,
    'matrix',
    html`<thead>
        <tr>
          <th scope="col">Table</th>
          ${data.map(([, dataset]) => html`<th scope="col">${DATA[dataset].title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${LINES.map(
          ([table, title, anchor]) => html`<tr>
            <th scope="row"><span class="number">${table}</span> ${title}</th>
            ${data.map(([key, dataset]) => {
              const rows = report.rows.filter(row => row.table === table && row.dataset === dataset)
              return html`<td>${rows.length > 0 ? cell(app, rows, key, anchor) : ''}</td>`
            })}
          </tr>`,
        )}
      </tbody>`,
  )}
    <ul class="key" aria-hidden="true">
      <li class="better">met, and better by more than the spread</li>
      <li class="met">met</li>
      <li class="missed">not met</li>
      <li class="missed worse">not met, and worse by more than the spread</li>
      ${report.rows.some(row => row.met === null) ? html`<li class="waiting">not run yet</li>` : nothing}
    </ul>`
}

function cell(
  app: AppContext,
  rows: readonly ReportRow[],
  data: State['data'],
  anchor: string,
): TemplateResult {
  const met = rows.filter(row => row.met).length
  const patch = rows[0].table < 3 ? {} : { data, loss: rows[0].loss }
  return html`<span class="squares" aria-hidden="true"
      >${rows.map(row => html`<i class=${square(row)} title=${`${titleOf(row)}: ${standing(row)}`}></i>`)}</span
    >${open(app, html`${met}/${rows.length}<span class="aside"> met</span>`, patch, anchor)}`
}

function square({ met, verdict }: ReportRow): string {
  if (met === null) return 'waiting'
  return met ? (verdict === 'better' ? 'better' : 'met') : verdict === 'worse' ? 'missed worse' : 'missed'
}

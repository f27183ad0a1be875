import { html, type TemplateResult } from 'lit'
import type { Report } from '../../../models/paper/report.ts'
import { fixed } from '../../../models/print-number.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { commandButton } from '../command-button.ts'
import { tableBox } from '../table-box.ts'

/** The variants: in what each differs from a model of the tables, its figures, and the command that trains it again. */
export function variantTable(app: AppContext, { variants }: Report): TemplateResult {
  if (variants.length === 0) return html`<p class="prose">None has been run yet.</p>`
  const caption = 'Test losses per pixel, VAEs at z drawn; KL in nats per image'
  return tableBox(
    caption,
    'compact',
    html`
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col" class="word">Differs in</th>
          <th scope="col">Folds</th>
          <th scope="col">BCE</th>
          <th scope="col">MSE</th>
          <th scope="col">L1</th>
          <th scope="col">KL</th>
          <th scope="col">Active</th>
          <th scope="col"><span class="aside">Command that trains it again</span></th>
        </tr>
      </thead>
      <tbody>
        ${variants.map(
          ({ name, differs, n, folds, test, kl, activeUnits, command }) => html`<tr>
            <th scope="row">${name}</th>
            <td class="word differs">${differs || '–'}</td>
            <td>${n}/${folds}</td>
            <td>${fixed(test.bce, 4)}</td>
            <td>${fixed(test.mse, 5)}</td>
            <td>${fixed(test.l1, 5)}</td>
            <td>${fixed(kl, 2)}</td>
            <td>${kl === null ? '–' : Number(activeUnits.toFixed(1))}</td>
            <td>${commandButton(app, command)}</td>
          </tr>`,
        )}
      </tbody>`,
  )
}

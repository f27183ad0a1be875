import { html, nothing, type TemplateResult } from 'lit'
import { FIGURES } from '../../models/paper/figure-list.ts'
import { numbersOf } from '../figures/figure-numbers.ts'
import type { Numbers, Question } from './report/question.ts'
import { tableBox } from './table-box.ts'

/** A question about the paper, with its answer, its table and a link to the paper's figure. */
export function questionSection({ slug, title, answer, numbers, figure }: Question): TemplateResult {
  return html`<section class="piece" id=${slug} aria-labelledby=${`${slug}-title`}>
    <h3 id=${`${slug}-title`}>${title}</h3>
    ${answer.map(paragraph => html`<p class="prose">${paragraph}</p>`)}
    ${numbers ? numbersTable(numbers) : nothing} ${figure ? figureLink(figure) : nothing}
  </section>`
}

function figureLink(slug: string): TemplateResult | typeof nothing {
  const figure = FIGURES.find(one => one.slug === slug)
  return figure
    ? html`<p><a href=${`#figure-${slug}`}>${numbersOf(figure.numbers)}: ${figure.title}</a></p>`
    : nothing
}

/** A question's table; nothing if it has no rows. A table of words is stacked, cell below cell, on narrow screens. */
export function numbersTable(numbers: Numbers): TemplateResult | typeof nothing {
  const { caption, head, rows, words } = numbers
  if (rows.length === 0) return nothing
  const kind = words ? 'word differs' : nothing
  // A stacked table would lose its roles.
  const role = (name: string) => (words ? name : nothing)
  return tableBox(
    caption,
    words ? 'compact words stacked' : 'compact',
    html`
      <thead role=${role('rowgroup')}>
        <tr role=${role('row')}>
          ${head.map(name => html`<th scope="col" role=${role('columnheader')} class=${kind}>${name}</th>`)}
        </tr>
      </thead>
      <tbody role=${role('rowgroup')}>
        ${rows.map(
          ([first, ...rest]) => html`<tr role=${role('row')}>
            <th scope="row" role=${role('rowheader')}>${first}</th>
            ${rest.map(
              (text, i) =>
                html`<td role=${role('cell')} class=${kind} data-head=${words ? head[i + 1] : nothing}>${text}</td>`,
            )}
          </tr>`,
        )}
      </tbody>`,
  )
}

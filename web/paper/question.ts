import { html, nothing, type TemplateResult } from 'lit'
import { FIGURES } from '../../models/paper/figure-list.ts'
import { numbersOf } from '../figures/model-labels.ts'
import { tableBox } from './box.ts'

/** A question, answered in paragraphs from the report's numbers, with the numbers under them. */
export interface Question {
  /** Its anchor. */
  slug: string
  title: string
  answer: readonly string[]
  numbers?: Numbers
  /** A figure of the paper that shows it (models/paper/figure-list.ts). */
  figure?: string
}

/** A small table: its first column names the line. */
export interface Numbers {
  caption: string
  head: readonly string[]
  rows: readonly (readonly string[])[]
  /** Its cells are words, which start at the left and may take several lines. */
  words?: boolean
}

/** What is said of a run that is not there yet. */
export const NOT_RUN = 'not run yet'

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

export function numbersTable({ caption, head, rows, words }: Numbers): TemplateResult | typeof nothing {
  if (rows.length === 0) return nothing
  const kind = words ? 'word differs' : nothing
  return tableBox(
    caption,
    words ? 'compact words' : 'compact',
    html`
      <thead>
        <tr>${head.map(name => html`<th scope="col" class=${kind}>${name}</th>`)}</tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first, ...rest]) => html`<tr>
            <th scope="row">${first}</th>
            ${rest.map(text => html`<td class=${kind}>${text}</td>`)}
          </tr>`,
        )}
      </tbody>`,
  )
}

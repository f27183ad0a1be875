import { html, type TemplateResult } from 'lit'
import type { Question } from './report/question.ts'

/** The table of contents, with links to the sections. */
export function contents(questions: readonly Question[]): TemplateResult {
  return html`<nav class="contents" aria-label="On this page">
    <ul>
      ${entry('verdict', 'The verdict')} ${entry('method', 'Method')} ${entry('tables', 'The tables')}
      <li>
        <a href="#open">What the paper leaves open</a>
        <ul class="within">
          ${questions.map(({ slug, title }) => entry(slug, title))}
        </ul>
      </li>
      ${entry('threats', 'Threats to validity')} ${entry('rerun', 'How to rerun')}
      ${entry('beside', 'Additional runs')}
      ${entry('figures', 'The paper’s figures')}
    </ul>
  </nav>`
}

function entry(slug: string, title: string): TemplateResult {
  return html`<li><a href=${`#${slug}`}>${title}</a></li>`
}

import { html, nothing, type TemplateResult } from 'lit'
import type { ReportRow } from '../../models/paper/report.ts'

const SIGNS = { better: '▼', level: '=', worse: '▲' } as const

/** How a row stands to the paper's, in words. */
export function standing({ verdict, met }: Pick<ReportRow, 'verdict' | 'met'>): string {
  if (!verdict) return 'not run yet'
  return met === false ? `${verdict}, not met` : verdict
}

/** The same with a sign and, where the figure is not met, a flag. */
export function mark({ verdict, met }: Pick<ReportRow, 'verdict' | 'met'>): TemplateResult {
  if (!verdict) return html`<span class="mark none">not run yet</span>`
  return html`<span class="mark ${verdict}"><i aria-hidden="true">${SIGNS[verdict]}</i> ${verdict}</span>${
    met === false ? html` <span class="flag">not met</span>` : nothing
  }`
}

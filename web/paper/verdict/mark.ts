import { html, nothing, type TemplateResult } from 'lit'
import type { ReportRow } from '../../../models/paper/report.ts'

const SIGNS = { better: '▼', level: '=', worse: '▲' } as const

/** A row's verdict in words. */
export function standing({ verdict, met }: Pick<ReportRow, 'verdict' | 'met'>): string {
  if (!verdict) return 'not run yet'
  return met === false ? `${verdict}, not met` : verdict
}

/** A row's verdict with a sign, and a flag if the figure is not met. */
export function mark({ verdict, met }: Pick<ReportRow, 'verdict' | 'met'>): TemplateResult {
  if (!verdict) return html`<span class="mark none">not run yet</span>`
  return html`<span class="mark ${verdict}"><i aria-hidden="true">${SIGNS[verdict]}</i> ${verdict}</span>${
    met === false ? html` <span class="flag">not met</span>` : nothing
  }`
}

import type { Plugin } from 'vite'
import type { Report } from '../../models/paper/report.ts'

/** Decimals that are kept of a number: more than the page shows, so that rounding twice changes no digit. */
const DECIMALS = 10

/** A Vite plugin that removes from the paper's report what the page does not show. */
export function trimReport(): Plugin {
  return {
    name: 'trim-report',
    enforce: 'pre',
    transform(code, id) {
      return id.endsWith('/models/paper/report.json') ? { code: trim(code), map: null } : undefined
    },
  }
}

/** The report's text without the hashes of weights, and with numbers of ten decimals. */
export function trim(text: string): string {
  const { rows, ...rest } = JSON.parse(text) as Report
  const lean = {
    ...rest,
    rows: rows.map(row => ({ ...row, ours: row.ours && { ...row.ours, weights: '' } })),
  }
  return JSON.stringify(lean, (_, value) =>
    typeof value === 'number' ? Number(value.toFixed(DECIMALS)) : value,
  )
}

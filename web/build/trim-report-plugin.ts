import type { Plugin } from 'vite'
import type { Report } from '../../models/paper/report.ts'

/** Far beyond what is shown, so that no figure is rounded twice. */
const DECIMALS = 10

/** A Vite plugin that leaves out of the report what the page does not show: it is read over the network. */
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

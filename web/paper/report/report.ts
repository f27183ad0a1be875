import report from '../../../models/paper/report.json'
import type { Report } from '../../../models/paper/report.ts'

/**
 * The report of the committed results. The build leaves out the parts that the page does not show
 * (build/trim-report-plugin.ts).
 */
export const REPORT = report as unknown as Report

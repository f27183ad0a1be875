import report from '../../../models/paper/report.json'
import type { Report } from '../../../models/paper/report.ts'

/** The report of the committed results; the build leaves out what the page does not show (trim.ts). */
export const REPORT = report as unknown as Report

import { readFileSync } from 'node:fs'
import { escapeHtml, htmlDocument } from '../../../models/html.ts'
import { nameOf, type Ratio } from '../result/comparison.ts'
import { type LoadResult, QUANTILES } from '../result/result.ts'
import { drawChart } from './chart.ts'
import {
  failuresOverTime,
  inFlightOverTime,
  latencyByQuantile,
  latencyOverTime,
  throughputOverTime,
} from './charts.ts'
import {
  describeGenerator,
  formatBytes,
  formatFigure,
  formatRatio,
  formatShare,
  formatTime,
  warnings,
} from './terminal.ts'

const TILES = ['p50', 'p90', 'p99', 'p999'] as const
const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')

/** A result as one self-contained HTML page. */
export function formatReport(
  result: LoadResult,
  comparison: readonly Ratio[] | undefined,
  baseline: LoadResult | undefined,
): string {
  const title = `${result.profile} on ${result.target}`
  // Without this, a closing tag in the data would end the script element.
  const data = JSON.stringify({ seconds: result.seconds, series: result.series }).replaceAll('<', '\\u003c')
  const charts = [
    latencyOverTime(result),
    latencyByQuantile(result, baseline),
    throughputOverTime(result),
    inFlightOverTime(result),
    failuresOverTime(result),
  ]
  return htmlDocument({
    title,
    head: `<style>${read('html-report.css')}${read('chart.css')}</style>`,
    body: `<main>
<header>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(describeRun(result))}</p>
</header>
${warnings(result)
  .map(warning => `<p class="note">${escapeHtml(warning)}</p>`)
  .join('\n')}
${tiles(result, comparison)}
<div class="charts">
${charts.map(chart => (chart ? drawChart(chart) : '')).join('\n')}
</div>
${requestTable(result)}
${comparison && baseline ? comparisonTable(comparison, baseline) : ''}
${failureList(result)}
<footer>
<p>Latency counts from a request’s scheduled time to the last byte of its reply, over requests that ended as expected and
those that timed out. Percentiles are exact. Arrivals do not wait for replies.</p>
<p>${escapeHtml(describeMachine(result))}</p>
</footer>
</main>
<script type="application/json" id="data">${data}</script>
<script>${read('html-report.js')}</script>`,
  })
}

function describeRun(result: LoadResult): string {
  const { requests, seconds, spacing, seed, scale, scenario, started } = result
  const rates = scale === 1 ? '' : `, rates ×${scale}`
  return (
    `${scenario} · ${requests.toLocaleString('en')} requests in ${seconds.toFixed(0)} s, ${spacing} arrivals${rates}, ` +
    `seed ${seed} · ${started.slice(0, 16).replace('T', ' ')} UTC`
  )
}

function describeMachine({ machine, generators, bytesPerSecond }: LoadResult): string {
  return (
    `${generators.map(describeGenerator).join('. ')}. ${formatBytes(bytesPerSecond)}/s. ` +
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}.`
  )
}

function tiles(result: LoadResult, comparison: readonly Ratio[] | undefined): string {
  const { latency, throughput, failed, requests, maxInFlight, lag, unresolved } = result
  const ratio = (name: string) => {
    const found = comparison?.find(each => each.name === name)?.ratio
    return found === undefined || found === null ? '' : `<small>${formatRatio(found)} of baseline</small>`
  }
  const tile = (name: string, value: string, extra = '', bad = false) =>
    `<div${bad ? ' class="bad"' : ''}><dt>${name}</dt><dd>${value}${extra}</dd></div>`
  return `<dl class="tiles">
${TILES.map(key => tile(nameOf(key), formatTime(latency[key]), ratio(nameOf(key)))).join('\n')}
${tile('answered', `${throughput.toFixed(1)}/s`, ratio('throughput'))}
${tile('failed', formatShare(failed, requests), failed > 0 ? `<small>${failed} of ${requests}</small>` : '', failed > 0)}
${tile('in flight, at most', String(maxInFlight))}
${tile('generator lag, p99', formatTime(lag.p99), '', unresolved.length > 0)}
</dl>`
}

function requestTable(result: LoadResult): string {
  const rows = [...result.kinds, { name: 'all', ...result }]
  const cells = rows.map(
    ({ name, requests, failed, latency }) =>
      `<tr><th scope="row">${escapeHtml(name)}</th><td>${requests}</td><td${failed > 0 ? ' class="bad"' : ''}>${failed}</td>` +
      QUANTILES.map(key => `<td>${formatTime(latency[key])}</td>`).join('') +
      '</tr>',
  )
  return table('By request', ['request', 'sent', 'failed', ...QUANTILES.map(nameOf)], cells, true)
}

function comparisonTable(comparison: readonly Ratio[], baseline: LoadResult): string {
  const rows = comparison.map(
    ({ name, unit, then, now, ratio }) =>
      `<tr><th scope="row">${escapeHtml(name)}</th><td>${formatFigure(then, unit)}</td><td>${formatFigure(now, unit)}</td>` +
      `<td>${formatRatio(ratio)}</td></tr>`,
  )
  const when = baseline.started.slice(0, 16).replace('T', ' ')
  return table(`Against the baseline of ${when} UTC`, ['figure', 'then', 'now', 'now / then'], rows)
}

function table(title: string, head: readonly string[], rows: readonly string[], total = false): string {
  return `<section><h2>${escapeHtml(title)}</h2><div class="scroll"><table${total ? ' class="sums"' : ''}>
<thead><tr>${head.map(name => `<th scope="col">${escapeHtml(name)}</th>`).join('')}</tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div></section>`
}

function failureList({ details }: LoadResult): string {
  if (details.length === 0) return ''
  return `<section><h2>First failures of each kind</h2><ul class="details">${details
    .map(detail => `<li>${escapeHtml(detail)}</li>`)
    .join('')}</ul></section>`
}

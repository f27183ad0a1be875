import { escapeHtml } from '../../../models/html.ts'

/** A value axis: maps values to 0 (bottom or left) … 1, and lists the labelled ones. */
export interface Axis {
  place(value: number): number
  ticks: readonly { at: number; label: string }[]
}

/** A linear axis from 0 to at least `most`, in about four steps of 1, 2 or 5 times a power of ten. */
export function linearAxis(most: number, label: (value: number) => string): Axis {
  const rough = Math.max(most, 1e-9) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * [1, 2, 5, 10].find(times => times * power >= rough * 0.999)!
  const top = step * Math.ceil(most / step - 1e-9) || step
  const count = Math.round(top / step)
  return {
    place: value => value / top,
    ticks: Array.from({ length: count + 1 }, (_, i) => ({ at: i / count, label: label(i * step) })),
  }
}

/** A logarithmic axis over the powers of ten around `values`; values that are not positive are placed at the bottom. */
export function logAxis(values: readonly number[], label: (value: number) => string): Axis {
  const positive = values.filter(value => value > 0)
  const low = Math.floor(Math.log10(Math.min(...positive, 1e9)))
  const bottom = positive.length > 0 ? low : 0
  const top = Math.max(bottom + 1, Math.ceil(Math.log10(Math.max(...positive, 1))))
  const place = (value: number) =>
    Math.min(1, Math.max(0, (Math.log10(Math.max(value, 1e-12)) - bottom) / (top - bottom)))
  const ticks = Array.from({ length: top - bottom + 1 }, (_, i) => 10 ** (bottom + i))
  return { place, ticks: ticks.map(value => ({ at: place(value), label: label(value) })) }
}

/** A curve over x in 0…1; null breaks it. */
export interface Line {
  name: string
  /** CSS class of its colour. */
  tone: string
  points: readonly { x: number; y: number | null }[]
  /** Draw as steps, for values that count an interval. */
  step?: boolean
  area?: boolean
  dashed?: boolean
}

/** A stacked bar over an interval of x. */
export interface Bar {
  x: number
  width: number
  parts: readonly { tone: string; amount: number }[]
}

/** A chart of the report. */
export interface Chart {
  title: string
  /** Text for screen readers. */
  summary: string
  x: Axis['ticks']
  y: Axis
  lines?: readonly Line[]
  bars?: readonly Bar[]
  legend: readonly { name: string; tone: string; dashed?: boolean }[]
  /** Charts over time share a cursor. */
  overTime?: boolean
}

// The SVG is 1000 × 1000 and stretched to the figure's size; labels are HTML, which is not stretched.
const SIZE = 1000
const round = (value: number) => Math.round(value * 10) / 10
const across = (x: number) => round(SIZE * x)
const down = (y: number) => round(SIZE * (1 - y))

/** A chart as an HTML figure with an SVG that scales to its width. */
export function drawChart(chart: Chart): string {
  const { title, summary, x, y, lines = [], bars = [], legend, overTime } = chart
  const grid = y.ticks.map(({ at }) => `<path class="rule" d="M0 ${down(at)}H${SIZE}"/>`)
  const verticals = x.map(({ at }) => `<path class="rule" d="M${across(at)} 0V${SIZE}"/>`)
  const keys = legend.map(
    ({ name, tone, dashed }) =>
      `<li><i class="key ${tone}${dashed ? ' dashed' : ''}"></i>${escapeHtml(name)}</li>`,
  )
  return `<figure class="chart"${overTime ? ' data-time' : ''}>
<figcaption><h2>${escapeHtml(title)}</h2><ul class="legend">${keys.join('')}</ul></figcaption>
<div class="plot">
<div class="y" aria-hidden="true">${y.ticks.map(({ at, label }) => `<span style="bottom:${round(100 * at)}%">${escapeHtml(label)}</span>`).join('')}</div>
<svg viewBox="0 0 ${SIZE} ${SIZE}" preserveAspectRatio="none" role="img" aria-label="${escapeHtml(summary)}">
${grid.join('')}${verticals.join('')}
${bars.map(bar => drawBar(bar, y)).join('')}
${lines.map(line => drawLine(line, y)).join('\n')}
</svg>
<div class="x" aria-hidden="true">${x.map(drawLabel).join('')}</div>
</div>
</figure>`
}

/** A label under its tick; labels at the ends of the axis stay within the chart. */
function drawLabel({ at, label }: Axis['ticks'][number]): string {
  const end = at < 0.01 ? ' class="first"' : at > 0.97 ? ' class="last"' : ''
  return `<span${end} style="left:${round(100 * at)}%">${escapeHtml(label)}</span>`
}

function drawLine({ points, tone, step, area, dashed }: Line, axis: Axis): string {
  const stretches: { x: number; y: number }[][] = [[]]
  for (const { x, y } of points) {
    if (y === null) stretches.push([])
    else stretches[stretches.length - 1].push({ x: across(x), y: down(axis.place(y)) })
  }
  return stretches
    .filter(stretch => stretch.length > 0)
    .map(([first, ...rest]) => {
      const path = rest.map(({ x, y }) => (step ? `H${x}V${y}` : `L${x} ${y}`)).join('')
      // A segment of one point would be invisible without some width.
      const line = `M${first.x} ${first.y}${path || 'h2'}`
      const fill = area ? `<path class="area ${tone}" d="${line}V${SIZE}H${first.x}Z"/>` : ''
      return `${fill}<path class="line ${tone}${dashed ? ' dashed' : ''}" d="${line}"/>`
    })
    .join('')
}

function drawBar({ x, width, parts }: Bar, axis: Axis): string {
  let sum = 0
  return parts
    .filter(part => part.amount > 0)
    .map(({ tone, amount }) => {
      const bottom = down(axis.place(sum))
      sum += amount
      const top = down(axis.place(sum))
      return `<rect class="bar ${tone}" x="${across(x)}" y="${top}" width="${Math.max(2, across(width) - 1)}" height="${round(bottom - top)}"/>`
    })
    .join('')
}

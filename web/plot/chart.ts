import './locale.ts'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { createChangeTest } from './change-test.ts'
import type { Theme } from './theme.ts'

/** One line of a chart. Dashes and marks tell lines apart where colours cannot. */
export interface Line {
  values: readonly (number | null)[]
  /** Index of a class colour; absent for the colour of ink. */
  colour?: number
  dashed?: boolean
  /** Whether only marks are drawn, without a line between them. */
  marks?: boolean
  /** Standard deviations, drawn as whiskers above and below; none where null. */
  deviations?: readonly (number | null)[]
}

/** A line chart: its element, and a function that shows lines on it. */
export interface Chart {
  element: HTMLElement
  show(x: readonly number[], lines: readonly Line[], names: { x: string; y: string }, theme: Theme): void
}

/**
 * Creates a line chart that follows its container's size. It is hidden from screen readers: show the values in a table
 * too.
 */
export function createChart(): Chart {
  const element = document.createElement('div')
  element.className = 'chart'
  element.setAttribute('aria-hidden', 'true')
  /** The plot, the lines that it shows, and what its options were made of: when that changes, a new plot is made. */
  let made: { plot: uPlot; optionsKey: string; theme: Theme; shown: { lines: readonly Line[] } } | undefined
  let draw: (() => void) | undefined
  const hasChanged = createChangeTest()
  new ResizeObserver(() => draw?.()).observe(element)
  return {
    element,
    show(x, lines, names, theme) {
      draw = () => {
        const width = element.clientWidth
        const optionsKey = JSON.stringify([
          width,
          names,
          lines.map(({ values, deviations, ...style }) => style),
        ])
        if (width === 0 || !hasChanged(theme, optionsKey, JSON.stringify([x, lines]))) return
        const data: uPlot.AlignedData = [[...x], ...lines.map(line => [...line.values])]
        if (made?.optionsKey === optionsKey && made.theme === theme) {
          // Changing the data of a plot is many times faster than making a new one.
          made.shown.lines = lines
          made.plot.setData(data)
          return
        }
        made?.plot.destroy()
        const shown = { lines }
        made = {
          plot: new uPlot(options(width, shown, names, theme), data, element),
          optionsKey,
          theme,
          shown,
        }
      }
      draw()
    },
  }
}

/** @param shown holds the lines, read again each time the plot is drawn */
function options(
  width: number,
  shown: { lines: readonly Line[] },
  names: { x: string; y: string },
  theme: Theme,
): uPlot.Options {
  const axis = (label: string): uPlot.Axis => ({
    label,
    labelFont: `${12 * theme.textScale}px ui-sans-serif, system-ui, sans-serif`,
    font: `${11 * theme.textScale}px ui-sans-serif, system-ui, sans-serif`,
    labelSize: 30 * theme.textScale,
    stroke: theme.soft,
    grid: { stroke: theme.faint, width: 1 },
    ticks: { stroke: theme.line, width: 1 },
  })
  return {
    width,
    height: Math.round(Math.max(220, Math.min(340, width * 0.5))),
    scales: { x: { time: false }, y: { range: () => rangeOf(shown.lines) } },
    axes: [
      { ...axis(names.x), incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500], space: 16 * theme.textScale },
      { ...axis(names.y), size: 64 * theme.textScale },
    ],
    legend: { show: false },
    cursor: { show: false },
    hooks: { draw: [plot => drawWhiskers(plot, shown.lines, theme)] },
    series: [
      {},
      ...shown.lines.map(({ colour, dashed, marks }): uPlot.Series => {
        const stroke = colour === undefined ? theme.ink : theme.classes[colour]
        return {
          stroke,
          width: marks ? 0 : 2,
          ...(dashed ? { dash: [6, 4] } : {}),
          points: { show: true, size: marks ? 10 : 6, width: 2, stroke, fill: marks ? stroke : theme.paper },
        }
      }),
    ],
  }
}

/** A range that includes all marks with their whiskers. */
function rangeOf(lines: readonly Line[]): uPlot.Range.MinMax {
  const ends = lines.flatMap(({ values, deviations }) =>
    values.flatMap((value, i) => {
      const deviation = deviations?.[i] ?? 0
      return value === null ? [] : [value - deviation, value + deviation]
    }),
  )
  return ends.length === 0 ? [0, 1] : uPlot.rangeNum(Math.min(...ends), Math.max(...ends), 0.1, true)
}

/** Half the width of the bar at a whisker's end, in CSS pixels. */
const HALF_CAP = 4

function drawWhiskers(plot: uPlot, lines: readonly Line[], theme: Theme): void {
  const { ctx } = plot
  ctx.save()
  ctx.lineWidth = 1.5 * devicePixelRatio
  for (const { values, deviations, colour } of lines) {
    ctx.strokeStyle = colour === undefined ? theme.ink : theme.classes[colour]
    deviations?.forEach((deviation, i) => {
      const value = values[i]
      if (deviation === null || value === null) return
      const x = plot.valToPos(plot.data[0][i], 'x', true)
      const [top, bottom] = [value + deviation, value - deviation].map(y => plot.valToPos(y, 'y', true))
      const cap = HALF_CAP * devicePixelRatio
      ctx.beginPath()
      ctx.moveTo(x, top)
      ctx.lineTo(x, bottom)
      for (const y of [top, bottom]) {
        ctx.moveTo(x - cap, y)
        ctx.lineTo(x + cap, y)
      }
      ctx.stroke()
    })
  }
  ctx.restore()
}

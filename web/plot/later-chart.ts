import type { Chart } from './chart.ts'

/** A chart whose code, which is large, is fetched once what stands around the chart has been shown. */
export function createLaterChart(): Chart {
  const element = document.createElement('div')
  element.className = 'chart-place'
  let chart: Chart | undefined
  let wanted: Parameters<Chart['show']> | undefined
  // Where it cannot be fetched, the values are in the table beside it.
  import('./chart.ts').then(
    ({ createChart }) => {
      chart = createChart()
      element.append(chart.element)
      if (wanted) chart.show(...wanted)
    },
    () => element.remove(),
  )
  return {
    element,
    show(...content) {
      wanted = content
      chart?.show(...content)
    },
  }
}

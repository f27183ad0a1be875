// One cursor over all charts over time, with the figures of the slice under it.
const { seconds, series } = JSON.parse(document.getElementById('data').textContent)
const plots = [...document.querySelectorAll('[data-time] .plot')]

const time = ms =>
  ms === null ? '–' : ms >= 999.5 ? `${(ms / 1000).toFixed(2)} s` : `${ms.toFixed(ms >= 99.95 ? 0 : 1)} ms`

function describe(slice) {
  const failures = Object.entries(slice.failures).filter(([, n]) => n > 0)
  return [
    `${+slice.from.toFixed(1)}–${+(slice.from + slice.seconds).toFixed(1)} s`,
    `p50 ${time(slice.p50)}   p99 ${time(slice.p99)}   max ${time(slice.max)}`,
    `scheduled ${slice.arrivals}   answered ${slice.answered}   in flight ${slice.inFlight}`,
    ...(failures.length > 0 ? [failures.map(([kind, n]) => `${kind} ${n}`).join('   ')] : []),
  ].join('\n')
}

function place(className, parent) {
  const element = parent.querySelector(`.${className}`) ?? document.createElement('div')
  element.className = className
  parent.append(element)
  return element
}

function clear() {
  for (const each of document.querySelectorAll('.cursor, .tip')) each.remove()
}

for (const plot of plots) {
  plot.addEventListener('pointermove', event => {
    const box = plot.getBoundingClientRect()
    const at = ((event.clientX - box.left) / box.width) * seconds
    const slice = series.find(each => at >= each.from && at < each.from + each.seconds)
    if (!slice) return clear()
    const middle = (100 * (slice.from + slice.seconds / 2)) / seconds
    for (const each of plots) place('cursor', each).style.left = `${middle}%`
    for (const each of plots) if (each !== plot) each.querySelector('.tip')?.remove()
    const tip = place('tip', plot)
    tip.textContent = describe(slice)
    const room = box.width - tip.offsetWidth
    tip.style.left = `${Math.max(-40, Math.min(room, (middle / 100) * box.width + 12))}px`
  })
  plot.addEventListener('pointerleave', clear)
}

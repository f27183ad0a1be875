import { html, nothing, svg, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { betaFamily, type RateDistortion, rateDistortionCurves } from '../../../models/rate-distortion.ts'
import { ready } from '../../catalog/resource.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { writeState } from '../../lab/state/state.ts'

/** Width and height of the drawing and margins for its axes, in the drawing's own units. */
const WIDTH = 360
const HEIGHT = 220
const MARGIN = { left: 44, right: 16, top: 36, bottom: 40 }
/** Points closer together than this have their labels on opposite sides. */
const LABEL_ROOM = 40

/**
 * The rate-distortion curve of the models that differ from one of the cards in beta alone, for the first card that has
 * such models; nothing if none has.
 */
export function rateDistortion(app: AppContext, cards: readonly Card[]): TemplateResult | typeof nothing {
  const ids = (ready(app.catalog.list) ?? []).filter(({ available }) => available).map(({ id }) => id)
  const family = cards.map(({ id }) => betaFamily(id, ids)).find(found => found.length > 1)
  if (!family) return nothing
  const loaded = family.flatMap(id => ready(app.catalog.model(id).card) ?? [])
  const points = loaded.length === family.length ? rateDistortionCurves(loaded)[0] : undefined
  if (!points) return nothing
  const shown = cards.map(({ id }) => id)
  return html`<section class="rate-distortion" aria-label="Rate and distortion">
    <h2>Rate and distortion</h2>
    <p class="hint">
      Rate is the KL divergence, the information that z holds about an image; distortion is the reconstruction
      loss. Both are in
      nats per test image, with z drawn. A larger β lowers the rate and raises the distortion.
    </p>
    ${drawing(points, shown)}
    <p class="hint">
      ${points.map(({ id, beta }) => (shown.includes(id) ? html`<b>β = ${beta}</b> ` : html`<a href=${writeState({ ...app.state, other: id })}>β = ${beta}</a> `))}
    </p>
  </section>`
}

function drawing(points: readonly RateDistortion[], shown: readonly string[]): TemplateResult {
  const x = scale(
    points.map(({ rate }) => rate),
    MARGIN.left,
    WIDTH - MARGIN.right,
  )
  const y = scale(
    points.map(({ distortion }) => distortion),
    HEIGHT - MARGIN.bottom,
    MARGIN.top,
  )
  const at = points.map(({ rate, distortion }) => `${x.at(rate)},${y.at(distortion)}`)
  const label = points
    .map(
      ({ beta, rate, distortion }) =>
        `β ${beta}: rate ${rate.toFixed(1)}, distortion ${distortion.toFixed(1)}`,
    )
    .join('; ')
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${`Distortion over rate. ${label}`}>
    <path class="axis" d="M${MARGIN.left} ${MARGIN.top}V${HEIGHT - MARGIN.bottom}H${WIDTH - MARGIN.right}" />
    ${x.ticks.map(
      value =>
        svg`<text x=${x.at(value)} y=${HEIGHT - MARGIN.bottom + 14} text-anchor="middle">${value}</text>`,
    )}
    ${y.ticks.map(
      value => svg`<text x=${MARGIN.left - 6} y=${y.at(value) + 4} text-anchor="end">${value}</text>`,
    )}
    <text x=${WIDTH - MARGIN.right} y=${HEIGHT - 6} text-anchor="end">rate, nats</text>
    <text x="4" y="12">distortion, nats</text>
    <polyline points=${at.join(' ')} />
    ${points.map(
      ({ id, beta, rate, distortion }) =>
        svg`<circle class=${shown.includes(id) ? 'chosen' : ''} cx=${x.at(rate)} cy=${y.at(distortion)} r="5" />
          <text
            x=${x.at(rate)}
            y=${y.at(distortion) - 10}
            text-anchor=${labelSide(
              x.at(rate),
              points.map(point => x.at(point.rate)),
            )}
          >β ${beta}</text>`,
    )}
  </svg>`
}

/** How a point's label is anchored: away from points close by. */
function labelSide(x: number, all: readonly number[]): 'start' | 'middle' | 'end' {
  const near = all.filter(other => other !== x && Math.abs(other - x) < LABEL_ROOM)
  if (near.length === 0) return 'middle'
  return near.every(other => other > x) ? 'end' : 'start'
}

/** A scale with round ticks that leaves room below the smallest and above the largest value. */
function scale(values: readonly number[], from: number, to: number) {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const room = 0.15 * (most - least || 1)
  const [low, high] = [Math.max(0, least - room), most + room]
  const step = [1, 2, 5, 10, 20, 50, 100].find(size => (high - low) / size <= 6) ?? 200
  const first = Math.ceil(low / step)
  const ticks = Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step)
  return { ticks, at: (value: number) => Math.round(from + ((value - low) / (high - low)) * (to - from)) }
}

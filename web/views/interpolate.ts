import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../models/card.ts'
import { pointQuery, stripQuery } from '../../models/first-view.ts'
import { cornersIn } from '../../models/latent/corners.ts'
import { splitPoints } from '../../models/latent/draws.ts'
import { parseEndpoint } from '../../models/latent/endpoints.ts'
import { pathTitle } from '../../models/latent/path-title.ts'
import { walk } from '../../models/latent/paths.ts'
import type { Model } from '../catalog/catalog.ts'
import { ready } from '../catalog/resource.ts'
import { type AppContext, isServed, type View } from '../lab/app-context.ts'
import { choices, slider } from '../lab/controls.ts'
import { heading } from '../lab/heading.ts'
import { latentsOf } from '../lab/points.ts'
import { loadingPlaceholder, progress } from '../lab/status.ts'
import { picture } from '../plot/picture.ts'
import { createPlane } from '../plot/plane/plane.ts'
import { project, projectionOf } from '../plot/plane/projection.ts'
import { axesControl } from './explore/point.ts'
import { firstPicture } from './first-picture.ts'
import { createCornerPanel } from './interpolate/corner-panel.ts'
import { cardOfCorners, LETTERS, locateCorner } from './interpolate/corners.ts'
import { explanations, exportActions } from './interpolate/path.ts'
import { createPathPictures } from './interpolate/path-pictures.ts'
import { createPathPlayer, type PathPlayer } from './interpolate/path-player.ts'
import { modelContent } from './model-on-plane.ts'

/** The first values of the third and fourth corner. */
const MORE_CORNERS = ['class:1', 'class:3']
/** How many points of the path are drawn on the plane. */
const PLANE_POINTS = 48

/** Interpolate: a path through the latent space between two corners, or around four. */
export function createInterpolate(app: AppContext): View {
  const pictures = createPathPictures(app)
  const player = createPathPlayer(app)
  const panel = createCornerPanel(app)
  const plane = createPlane({ move: panel.move })

  function showPlane(model: Model, card: Card, stops: Float32Array[], point: Float32Array): void {
    const projection = projectionOf(app.state.axes, card)
    const place = (p: Float32Array) => project(projection, latentsOf(card, p))
    plane.show({
      ...modelContent(app, model, card, projection),
      z: latentsOf(card, stops[panel.selected] ?? point),
      ring: latentsOf(card, point),
      marginals: false,
      path: place(walk(stops, PLANE_POINTS, app.state.path, card.prior)),
      marks: app.state.corners.map((_, i) => {
        const [u, v] = place(stops[i])
        return { text: LETTERS[i], at: [u, v] as const }
      }),
      label: `Latent plane with the path. Arrow keys move corner ${LETTERS[panel.selected]}, with Shift in larger steps.`,
    })
  }

  function content(model: Model, card: Card): TemplateResult {
    const latents = ready(model.latents())
    const decoder = ready(model.decoder())
    const corners = cornersIn(app.state.corners, card)
    const full = cardOfCorners(model, corners)
    const known = ready(full)
    const located = corners.map(corner => known && locateCorner(corner, known, latents))
    const ends = located.filter(point => point !== undefined)
    const complete = ends.length === located.length
    const stops = ends.length > 2 ? [...ends, ends[0]] : ends
    if (complete && decoder) showPlane(model, card, stops, pictures.update(card, decoder, stops))
    return html`<div class="interpolate">
      ${pathBar(app, card)} ${panel.render(known ?? card, corners, located, latents !== undefined && known !== undefined)}
      <section class="plane-side" aria-label="The path on the latent plane">
        <div class="plane-box">${plane.element}</div>
        ${progress('Fetching the density', full.state, full.retry)}
        ${progress('Fetching the encoded test set', model.latents().state, model.latents().retry)}
      </section>
      ${playerSection(app, model, card, { player, frame: pictures.frame, start: located[0] })}
      <section class="strip-box" aria-label="The path, step by step">
        ${pictures.sheet?.canvas ?? firstStrip(app, card, corners)}
        ${complete && isServed(app, card) ? exportActions(app, card, corners, ends, pictures.sheet?.xhat) : nothing}
      </section>
      ${explanations(card)} ${panel.dialog(model, card)}
    </div>`
  }

  return {
    title() {
      const card = ready(app.model()?.card)
      return card && titleOf(cornersIn(app.state.corners, card), card)
    },
    render() {
      const model = app.model()
      const card = ready(model?.card)
      return html`${heading(app, 'Interpolate between images', `Choose two points of the latent space: each step of the path between them is decoded to an image. First try: press Play, then choose another ${card?.dataset.classes.length === 0 ? 'seed' : 'class'} for B.`)}
      ${loadingPlaceholder(app) ?? (model && card ? content(model, card) : nothing)}`
    },
    close: player.stop,
  }
}

/** The image at the current position on the path, with Play and a slider. @param start the first corner's point */
function playerSection(
  app: AppContext,
  model: Model,
  card: Card,
  { player, frame, start }: { player: PathPlayer; frame?: Float32Array; start?: Float32Array },
): TemplateResult {
  return html`<section class="player" aria-label="Along the path">
    ${frame ? nothing : firstFrame(app, card, start)}
    <canvas role="img" aria-label="The image at this position on the path" ${picture(frame, card.dataset, app.theme)}></canvas>
    ${progress('Fetching the decoder', model.decoder().state, model.decoder().retry)}
    <div class="transport">
      <button class="primary" @click=${player.toggle}>${player.playing ? 'Pause' : 'Play'}</button>
      ${slider('Position t', app.state.t, { min: 0, max: 1, step: 0.001 }, t => app.set({ t }))}
    </div>
  </section>`
}

/** The server's picture of the path's start, until the player leaves it. */
function firstFrame(
  app: AppContext,
  card: Card,
  start: Float32Array | undefined,
): TemplateResult | typeof nothing {
  if (app.state.t > 0 || !start) return nothing
  const { z, y } = splitPoints(start, card.architecture)
  const label = y ? y.indexOf(1) : 0
  return label < 0 ? nothing : firstPicture(app, card, pointQuery(card, z, label), false)
}

/** The server's picture of the path, if the API knows both corners. */
function firstStrip(
  app: AppContext,
  card: Card,
  corners: readonly string[],
): TemplateResult | typeof nothing {
  const [from, to, third] = corners
  if (third !== undefined || !corners.every(corner => /^(class|seed|z):/.test(corner))) return nothing
  const { path, steps } = app.state
  return firstPicture(app, card, stripQuery(from, to, path, steps), false)
}

/** Such as "A 4 on its way to a 9"; undefined if a corner is no endpoint of the API. */
function titleOf(corners: readonly string[], card: Card): string | undefined {
  try {
    return pathTitle(
      corners.map(corner => parseEndpoint(corner)),
      card.dataset.classes,
    )
  } catch {
    return undefined
  }
}

function pathBar(app: AppContext, card: Card): TemplateResult {
  const { corners, path, steps } = app.state
  const setCorners = (n: '2' | '4') =>
    app.set({ corners: n === '2' ? corners.slice(0, 2) : [...corners, ...MORE_CORNERS].slice(0, 4), t: 0 })
  return html`<div class="bar">
    ${choices(
      'Corners',
      [
        ['2', 'two'],
        ['4', 'four'],
      ] as const,
      corners.length > 2 ? '4' : '2',
      setCorners,
    )}
    ${choices(
      'Path',
      [
        ['lerp', 'straight (lerp)'],
        ['slerp', 'spherical (slerp)'],
      ] as const,
      path,
      next => app.set({ path: next }),
    )}
    ${axesControl(app, card)}
    ${
      corners.length > 2
        ? nothing
        : html`<div class="bar-slider">
            ${slider('Steps', steps, { min: 2, max: 32, step: 1, print: String }, n => app.set({ steps: n }))}
          </div>`
    }
  </div>`
}

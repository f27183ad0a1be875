import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../models/card.ts'
import { walk } from '../../models/latent.ts'
import type { Model, Network } from '../catalog/catalog.ts'
import { ready } from '../catalog/resource.ts'
import { type AppContext, decode, latest, type View } from '../lab/app-context.ts'
import { choices, slider } from '../lab/controls.ts'
import { heading } from '../lab/heading.ts'
import { progress, waitFor } from '../lab/status.ts'
import { classNames } from '../plot/classes.ts'
import { drawSheet, picture } from '../plot/picture.ts'
import { createPlane } from '../plot/plane.ts'
import { project, projectGaussian, projectionOf } from '../plot/projection.ts'
import { currentTheme } from '../plot/theme.ts'
import { asCorner, cornerControl, LETTERS, locateCorner } from './corners.ts'
import { createDrawing } from './drawing-dialog.ts'
import { lessons, pointAt, share, square } from './path.ts'
import { axesControl } from './point.ts'

/** Milliseconds from one corner to the next while it plays. */
const LEG = 3000
/** Points a side of the sheet between four corners. */
const SIDE = 8
/** What the third and fourth corner are at first. */
const FURTHER = ['class:1', 'class:3']

/** From one image to another through the latent space: a path between two or four corners. */
export function createInterpolate(app: AppContext): View {
  let frame: Float32Array | undefined
  let sheet: HTMLCanvasElement | undefined
  let askedFrame = ''
  let askedSheet = ''
  let selected = 0
  let playing: number | undefined
  let started = 0
  const newestFrame = latest(outputs => {
    frame = outputs.xhat
    app.refresh()
  })
  const newestSheet = latest(() => {})
  const drawing = createDrawing(app, (index, z) => moveCorner(index, z))
  const plane = createPlane({ move: z => moveCorner(selected, z) })

  function moveCorner(index: number, z: Float32Array): void {
    app.set({ corners: app.state.corners.map((old, i) => (i === index ? asCorner(z) : old)) })
    app.say(`Corner ${LETTERS[index]} at ${Array.from(z, v => v.toFixed(2)).join(', ')}`)
  }

  function play(): void {
    if (playing !== undefined) {
      cancelAnimationFrame(playing)
      playing = undefined
      app.refresh()
      return
    }
    const legs = app.state.corners.length === 2 ? 1 : 4
    started = performance.now() - app.state.t * LEG * legs
    const step = (now: number) => {
      // There and back for two corners, round and round for four.
      const turns = (now - started) / (LEG * legs)
      const t = app.state.corners.length === 2 ? 1 - Math.abs(1 - (turns % 2)) : turns % 1
      app.set({ t })
      playing = requestAnimationFrame(step)
    }
    playing = requestAnimationFrame(step)
    app.refresh()
  }

  function update(card: Card, decoder: Network, stops: Float32Array[]): Float32Array {
    const { path, steps, t } = app.state
    const z = pointAt(stops, t, card, path)
    const base = `${card.id} ${app.engines.current} `
    if (askedFrame !== base + z.join()) {
      askedFrame = base + z.join()
      newestFrame(() => decode(app, decoder, z))
    }
    const key = [base, stops.map(stop => stop.join()), path, steps, currentTheme().version].join('|')
    if (askedSheet !== key) {
      askedSheet = key
      const four = stops.length > 2
      const points = four ? square(stops, SIDE, card, path) : walk(stops, steps, path, card.prior)
      newestSheet(async () => {
        const outputs = await decode(app, decoder, points)
        const canvas = document.createElement('canvas')
        canvas.className = 'strip'
        canvas.setAttribute('role', 'img')
        canvas.setAttribute(
          'aria-label',
          four ? 'The square between the four corners' : `The path in ${steps} steps`,
        )
        drawSheet(canvas, outputs.xhat, card.dataset, four ? SIDE : steps)
        sheet = canvas
        app.refresh()
        return outputs
      })
    }
    return z
  }

  function showPlane(model: Model, card: Card, stops: Float32Array[], z: Float32Array): void {
    const projection = projectionOf(app.state.axes, card)
    const along = walk(stops, 48, app.state.path, card.prior)
    plane.show({
      projection,
      latents: ready(model.latents()),
      prior: card.architecture.kind === 'vae' ? projectGaussian(projection, card.prior) : undefined,
      hidden: new Set(app.state.hide),
      names: classNames(card, projection),
      z: stops[selected] ?? z,
      ring: z,
      marginals: false,
      path: project(projection, along),
      marks: app.state.corners.map((_, i) => {
        const [u, v] = project(projection, stops[i])
        return { text: LETTERS[i], at: [u, v] as const }
      }),
      label: `Latent plane with the path. Arrow keys move corner ${LETTERS[selected]}, with Shift in larger steps.`,
    })
  }

  function content(model: Model, card: Card): TemplateResult {
    const { corners, path, steps, t } = app.state
    const latents = ready(model.latents())
    const decoder = ready(model.decoder())
    const located = corners.map(corner => locateCorner(corner, card, latents))
    const complete = located.every(z => z !== undefined)
    const stops = complete && corners.length > 2 ? [...located, located[0]] : located
    if (complete && decoder)
      showPlane(model, card, stops as Float32Array[], update(card, decoder, stops as Float32Array[]))
    selected = Math.min(selected, corners.length - 1)
    return html`<div class="interpolate">
      <div class="bar">
        ${choices(
          'Corners',
          [
            ['2', 'two'],
            ['4', 'four'],
          ] as const,
          corners.length > 2 ? '4' : '2',
          n =>
            app.set({
              corners: n === '2' ? corners.slice(0, 2) : [...corners, ...FURTHER].slice(0, 4),
              t: 0,
            }),
        )}
        ${choices(
          'Path',
          [
            ['lerp', 'straight (lerp)'],
            ['slerp', 'around (slerp)'],
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
      </div>
      <section class="corners" aria-label="Corners">
        ${corners.map((_, index) =>
          cornerControl(app, card, index, {
            selected: index === selected,
            missing: !located[index] && (latents !== undefined || !corners[index].startsWith('test:')),
            select: () => {
              selected = index
              app.refresh()
            },
            draw: () => drawing.open(index),
          }),
        )}
      </section>
      <section class="plane-side" aria-label="The path on the latent plane">
        <div class="plane-box">${plane.element}</div>
        ${progress('Fetching the encoded test set', model.latents().state, model.latents().retry)}
      </section>
      <section class="player" aria-label="Along the path">
        <canvas role="img" aria-label="The image at this place of the path" ${picture(frame, card.dataset)}></canvas>
        ${progress('Fetching the decoder', model.decoder().state, model.decoder().retry)}
        <div class="transport">
          <button class="primary" @click=${play}>${playing === undefined ? 'Play' : 'Pause'}</button>
          ${slider('t', t, { min: 0, max: 1, step: 0.001 }, next => app.set({ t: next }))}
        </div>
      </section>
      <section class="strip-box" aria-label="The path, step by step">
        ${sheet ?? nothing} ${complete ? share(app, card, located as Float32Array[]) : nothing}
      </section>
      ${lessons()} ${drawing.render(model, card)}
    </div>`
  }

  return {
    render() {
      const model = app.model()
      const card = ready(model?.card)
      return html`${heading(app, 'Walk between images', 'Take two places of the latent space and follow the way from one to the other. A good model never leaves the world of its images.')}
      ${waitFor(app) ?? (model && card ? content(model, card) : nothing)}`
    },
    close() {
      if (playing !== undefined) cancelAnimationFrame(playing)
    },
  }
}

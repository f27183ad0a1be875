import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { encodeNpy } from '../../../models/files/npy.ts'
import type { Latents } from '../../../models/latent/encoded-set.ts'
import { meanOf } from '../../../models/latent/encoded-set.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { toggle } from '../../lab/controls.ts'
import { save } from '../../lab/download.ts'
import { picture } from '../../plot/picture.ts'
import { circleAround, pointsInside } from '../../plot/plane/polygon.ts'
import { type Projection, project } from '../../plot/plane/projection.ts'
import { type TestPicture, testPictureName } from './test-picture.ts'

/** How many test images of a selection are shown. */
const SHOWN = 24
/** Length of a step, as a share of the distance from all images' mean to the selection's mean. */
const STEP = 0.25

/** The test images that the visitor encircles on the plane. */
export interface Selection {
  /** Whether a drag draws a line around points instead of moving the ring. */
  readonly active: boolean
  /** The line drawn so far, [m, 2]. */
  readonly outline: Float32Array
  /** Sets the line that a drag has drawn. */
  draw(outline: Float32Array): void
  render(
    card: Card,
    latents: Latents | undefined,
    projection: Projection,
    z: Float32Array,
    imageOf: TestPicture,
  ): TemplateResult
}

/** Creates an empty selection. */
export function createSelection(app: AppContext): Selection {
  let active = false
  let outline = new Float32Array()

  /** Those of `images` whose class is shown. */
  function visible(latents: Latents, images: readonly number[]): number[] {
    const hidden = new Set(app.state.hide)
    return images.filter(i => !latents.label || !hidden.has(latents.label[i]))
  }

  function selected(latents: Latents, projection: Projection): number[] {
    return visible(latents, pointsInside(project(projection, latents.mu), outline))
  }

  const selection: Selection = {
    get active() {
      return active
    },
    get outline() {
      return outline
    },
    draw(next) {
      outline = Float32Array.from(next)
      app.refresh()
    },
    render(card, latents, projection, z, imageOf) {
      const setActive = (on: boolean) => {
        active = on
        outline = new Float32Array()
        app.refresh()
      }
      const images = latents && outline.length > 4 ? selected(latents, projection) : []
      return html`<div class="selection">
        ${toggle('Encircle points', active, setActive)}
        ${active ? circleForm(card, radius => selection.draw(circleAround(project(projection, z), radius))) : nothing}
        ${active ? html`<p class="hint" role="status">${outline.length > 0 ? describe(card, latents, images) : 'Draw a line around points, or enter the radius of a circle around the ring, to see the images of these points.'}</p>` : nothing}
        ${active && latents && images.length > 0 ? details(app, card, latents, images, z, imageOf) : nothing}
        ${active && latents && images.length === 0 ? saveAll(card, latents, visible(latents, [...Array(latents.images).keys()])) : nothing}
      </div>`
    },
  }
  return selection
}

/** A circle around the ring by its radius, for those who cannot drag: the arrow keys move the ring. */
function circleForm(card: Card, take: (radius: number) => void): TemplateResult {
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    take((event.target as HTMLFormElement).querySelector('input')?.valueAsNumber ?? 0)
  }
  // Half the images' standard deviation along one axis, on average.
  const { covariance } = card.latent.whole
  const spread = Math.sqrt(covariance.reduce((sum, row, k) => sum + row[k], 0) / covariance.length)
  return html`<form class="field" @submit=${submit}>
    <label class="field"
      ><span class="label">Radius around the ring</span>
      <input type="number" min="0" step="any" required value=${Number((spread / 2).toPrecision(1))}
    /></label>
    <button>Encircle</button>
  </form>`
}

/** The number of selected images, in all and by class. */
function describe(card: Card, latents: Latents | undefined, images: readonly number[]): string {
  if (images.length === 0) return 'No test image is inside.'
  const { label } = latents as Latents
  const counts = card.dataset.classes.map(
    (name, k) => [name, images.filter(i => label?.[i] === k).length] as const,
  )
  const list = counts.filter(([, n]) => n > 0).sort((a, b) => b[1] - a[1])
  const of = list.map(([name, n]) => `${name}: ${n}`).join(', ')
  return `${images.length} test images${of ? ` (${of})` : ''}`
}

function details(
  app: AppContext,
  card: Card,
  latents: Latents,
  images: readonly number[],
  z: Float32Array,
  imageOf: TestPicture,
): TemplateResult {
  const mean = meanOfAll(latents, images)
  const { whole } = card.latent
  const step = (sign: 1 | -1) =>
    app.set({ z: Array.from(z, (value, k) => value + sign * STEP * (mean[k] - whole.mean[k])) })
  return html`<div class="strip-images">
      ${images.slice(0, SHOWN).map(
        i => html`<canvas
          role="img"
          aria-label=${testPictureName(card.dataset.name, i)}
          title=${testPictureName(card.dataset.name, i)}
          ${picture(imageOf(i), card.dataset, app.theme)}
        ></canvas>`,
      )}
    </div>
    <div class="actions">
      <button @click=${() => app.set({ z: [...mean] })}>Go to their mean</button>
      <button @click=${() => step(1)} title="In the direction from the mean of all images to the mean of the selected ones">Step towards them</button>
      <button @click=${() => step(-1)}>Step away</button>
      ${saveButtons(card, latents, images)}
    </div>`
}

/** Saves all visible images, while none are encircled. */
function saveAll(card: Card, latents: Latents, images: readonly number[]): TemplateResult {
  return html`<div class="actions">
    <span class="hint">Or save all ${images.length} that are shown:</span> ${saveButtons(card, latents, images)}
  </div>`
}

function saveButtons(card: Card, latents: Latents, images: readonly number[]): TemplateResult {
  const name = `${card.id}-${images.length}-images`
  return html`<button
      @click=${() => save(new Blob([csvOf(card, latents, images)], { type: 'text/csv' }), `${name}.csv`)}
    >
      Save CSV
    </button>
    <button @click=${() => save(new Blob([npyOf(latents, images)]), `${name}.npy`)}>Save npy</button>`
}

function meanOfAll(latents: Latents, images: readonly number[]): number[] {
  const d = latents.mu.length / latents.images
  const sums = new Float64Array(d)
  for (const i of images) for (let k = 0; k < d; k++) sums[k] += latents.mu[i * d + k]
  return Array.from(sums, sum => sum / images.length)
}

/** A CSV file with the index, class and latents of each image. */
function csvOf(card: Card, latents: Latents, images: readonly number[]): string {
  const d = latents.mu.length / latents.images
  const head = ['image', 'class', ...Array.from({ length: d }, (_, k) => `z${k + 1}`)]
  const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const rows = images.map(i => {
    const label = latents.label?.[i]
    const name = label === undefined ? '' : quoted(card.dataset.classes[label])
    return [i, name, ...meanOf(latents, i)].join(',')
  })
  return [head.join(','), ...rows, ''].join('\r\n')
}

function npyOf(latents: Latents, images: readonly number[]): Uint8Array<ArrayBuffer> {
  const d = latents.mu.length / latents.images
  const data = Float32Array.from(images.flatMap(i => [...meanOf(latents, i)]))
  return encodeNpy(data, [images.length, d])
}

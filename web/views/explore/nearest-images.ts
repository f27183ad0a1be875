import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import type { Latents } from '../../../models/latent/encoded-set.ts'
import { datasetTitle } from '../../../models/model-title.ts'
import { countTestImages } from '../../catalog/test-images.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { picture } from '../../plot/picture.ts'
import { type TestPicture, testPictureName } from './test-picture.ts'

/** How many images are shown in each of the two rows. */
const SHOWN = 8

/** The test images nearest to the point by their latents, and nearest to its image by their pixels. */
export interface NearestImages {
  render(
    card: Card,
    latents: Latents | undefined,
    z: Float32Array,
    xhat: Float32Array | undefined,
    imageOf: TestPicture,
  ): TemplateResult
}

/** Creates the panel of nearest test images, closed at first. */
export function createNearestImages(app: AppContext): NearestImages {
  let open = false
  let inPixels: { xhat: Float32Array; indices: number[] } | undefined

  /** Searches all test images that the page has, once all of them are loaded. */
  function nearestInPixels(dataset: string, xhat: Float32Array): number[] | undefined {
    if (inPixels?.xhat === xhat) return inPixels.indices
    const images = Array.from({ length: countTestImages(dataset) }, (_, i) =>
      app.testImages.image(dataset, i),
    )
    if (images.some(image => image === undefined)) return undefined
    inPixels = {
      xhat,
      indices: nearest(images.length, i => squaredDistance(images[i] as Float32Array, xhat)),
    }
    return inPixels.indices
  }

  function row(
    card: Card,
    latents: Latents | undefined,
    title: string,
    indices: readonly number[] | undefined,
    imageOf: TestPicture,
  ) {
    return html`<p class="label">${title}</p>
      <div class="strip-images">
        ${
          indices
            ? indices.map(i => {
                const label = latents?.label?.[i]
                const name = label === undefined ? '' : card.dataset.classes[label]
                return html`<figure>
                  <canvas
                    role="img"
                    aria-label=${testPictureName(card.dataset.name, i)}
          title=${testPictureName(card.dataset.name, i)}
                    ${picture(imageOf(i), card.dataset, app.theme)}
                  ></canvas>
                  <figcaption>${name}</figcaption>
                </figure>`
              })
            : html`<p class="hint" role="status">Fetching the test images…</p>`
        }
      </div>`
  }

  return {
    render(card, latents, z, xhat, imageOf) {
      const { name } = card.dataset
      const has = countTestImages(name)
      const flip = (event: Event) => {
        open = (event.target as HTMLDetailsElement).open
        app.refresh()
      }
      const d = z.length
      const near = () =>
        nearest(latents?.images ?? 0, i => squaredDistance(latents!.mu.subarray(i * d, (i + 1) * d), z))
      return html`<details class="behind nearest" @toggle=${flip}>
        <summary>Nearest test images</summary>
        ${
          open && latents
            ? html`${row(card, latents, 'Nearest in the latent space', near(), imageOf)}
              ${has < latents.images ? html`<p class="hint">${missing(name, has)}</p>` : nothing}
              ${has > 0 ? row(card, latents, 'Nearest in pixels', xhat && nearestInPixels(name, xhat), imageOf) : nothing}`
            : nothing
        }
      </details>`
    },
  }
}

/** Why reconstructions stand among the images. @param has how many of the data set's test images the page has */
function missing(dataset: string, has: number): string {
  const title = datasetTitle(dataset)
  if (has > 0)
    return (
      `This page has only the first ${has} test images of ${title}. It shows reconstructions of the ` +
      `others, and compares by pixels only with those ${has}.`
    )
  const why = dataset === 'freyface' ? `, whose frames have no stated licence` : ''
  return `This page has no images of ${title}${why}: it shows reconstructions instead, and does not compare by pixels.`
}

/** The indices of the `SHOWN` smallest of `n` distances, smallest first. */
function nearest(n: number, distance: (i: number) => number): number[] {
  const found: { i: number; distance: number }[] = []
  for (let i = 0; i < n; i++) {
    const here = distance(i)
    if (found.length === SHOWN && here >= found[SHOWN - 1].distance) continue
    found.push({ i, distance: here })
    found.sort((a, b) => a.distance - b.distance)
    if (found.length > SHOWN) found.pop()
  }
  return found.map(({ i }) => i)
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2
  return sum
}

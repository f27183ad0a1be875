import { html, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { lerp, type Path, slerp } from '../../../models/latent/paths.ts'
import { cardTitle } from '../../../models/model-title.ts'
import { apiRoot } from '../../catalog/api.ts'
import { animationUrl, SNIPPETS } from '../../embed/gallery/snippets.ts'
import { saveGif } from '../../lab/animated-gif.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { copyWithMessage } from '../../lab/control-message.ts'
import { explanation } from '../../lab/heading.ts'
import { asEndpoint } from './corners.ts'

/** The point at a fraction `t` between two points, by linear or spherical interpolation. */
function between(a: Float32Array, b: Float32Array, t: number, card: Card, path: Path): Float32Array {
  return path === 'slerp' ? slerp(a, b, t, card.prior) : lerp(a, b, t)
}

/** The point at a fraction `t` of a path through several stops; every leg takes the same share of it. */
export function pointAt(stops: readonly Float32Array[], t: number, card: Card, path: Path): Float32Array {
  const along = t * (stops.length - 1)
  const leg = Math.min(Math.floor(along), stops.length - 2)
  return between(stops[leg], stops[leg + 1], along - leg, card, path)
}

/**
 * The points of a grid between four corners, given clockwise from the top left.
 *
 * @returns [side², D_z], row by row from the top
 */
export function gridBetweenCorners(
  corners: readonly Float32Array[],
  side: number,
  card: Card,
  path: Path,
): Float32Array {
  const [a, b, c, d] = corners
  const points = new Float32Array(side * side * a.length)
  for (let row = 0; row < side; row++) {
    const left = between(a, d, row / (side - 1), card, path)
    const right = between(b, c, row / (side - 1), card, path)
    for (let column = 0; column < side; column++) {
      const point = between(left, right, column / (side - 1), card, path)
      points.set(point, (row * side + column) * a.length)
    }
  }
  return points
}

/** Exports of the path: an animated PNG or GIF, and the HTML of the element that shows it on any page. */
export function exportActions(
  app: AppContext,
  card: Card,
  corners: readonly string[],
  stops: readonly Float32Array[],
  xhat: Float32Array | undefined,
): TemplateResult {
  const { path, steps, api } = app.state
  const ends = corners.map((corner, i) => asEndpoint(corner, stops[i], card))
  const attributes = {
    ...(api !== '' && { src: api }),
    model: card.id,
    ...(ends.length === 2 ? { from: ends[0], to: ends[1] } : { corners: ends.join(';') }),
    steps: String(steps),
    ...(path !== 'lerp' && { path }),
  }
  const animation = animationUrl(new URL('..', apiRoot(api)).href, { ...attributes, scale: '4' })
  const title = `From ${ends.join(' to ')} through the latent space of ${cardTitle(card)}`
  const code = SNIPPETS.HTML(new URL('.', document.baseURI).href, { ...attributes, controls: '' }, title)
  const copy = (event: Event) =>
    copyWithMessage(event.currentTarget as Element, code, 'The embed code is on the clipboard.')
  return html`<div class="actions">
    <a class="button" href=${animation} download=${`${card.id}.png`}>Download APNG</a>
    <button ?disabled=${!xhat} @click=${() => xhat && void saveGif(xhat, card.dataset, `${card.id}.gif`)}>Download GIF</button>
    <span class="copy-link"><button @click=${copy}>Copy embed code</button></span>
    <details>
      <summary>The code</summary>
      <pre class="address"><code>${code}</code></pre>
    </details>
  </div>`
}

/** Explains what the view shows. */
export function explanations({ dataset }: Card): TemplateResult {
  const change = dataset.name === 'mnist' ? 'a 0 opens, bends and becomes a 7' : 'its shapes move and turn'
  return html`<section class="lessons" aria-label="What this shows">
    ${explanation(
      'Not a cross-fade',
      `Averaging the pixels of two images shows both at once, half transparent. Averaging their latents and decoding gives a single image at each step: ${change}.`,
      html`<p class="equation">x̂(t) = decoder((1 − t) · z<sub>A</sub> + t · z<sub>B</sub>)</p>`,
    )}
    ${explanation(
      'Straight or along a sphere',
      'In many dimensions, draws from a Gaussian prior lie near a sphere. A straight path passes through its inside, where there are hardly any; slerp stays near the sphere. In two dimensions most draws lie near the middle, and a straight path is good.',
      html`<p class="equation">
        slerp: u(t) = [sin((1 − t)Ω) · u<sub>A</sub> + sin(tΩ) · u<sub>B</sub>] / sin Ω, &emsp; u = (z − mean) / √variance
      </p>`,
    )}
  </section>`
}

import { html, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { lerp, type Path, slerp } from '../../../models/latent/paths.ts'
import { apiRoot } from '../../catalog/api.ts'
import { animationUrl, SNIPPETS } from '../../embed/gallery/snippets.ts'
import { saveGif } from '../../lab/animated-gif.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { copyWithMessage } from '../../lab/control-message.ts'
import { explanation } from '../../lab/heading.ts'
import { asEndpoint } from './corners.ts'

/** A point a fraction `t` of the way between two, by the state's kind of path. */
function between(a: Float32Array, b: Float32Array, t: number, card: Card, path: Path): Float32Array {
  return path === 'slerp' ? slerp(a, b, t, card.prior) : lerp(a, b, t)
}

/** The point a fraction `t` of the whole way through the stops, each leg taking as long as the others. */
export function pointAt(stops: readonly Float32Array[], t: number, card: Card, path: Path): Float32Array {
  const along = t * (stops.length - 1)
  const leg = Math.min(Math.floor(along), stops.length - 2)
  return between(stops[leg], stops[leg + 1], along - leg, card, path)
}

/**
 * A square between four corners A, B, C, D, which stand at its top left, top right, bottom right and bottom left.
 *
 * @returns [side², D_z], row by row from the top
 */
export function square(corners: readonly Float32Array[], side: number, card: Card, path: Path): Float32Array {
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

/** Ways to take the path elsewhere: an animation, and the element that shows it on any page. */
export function share(
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
  const title = `From ${ends.join(' to ')} through the latent space of ${card.id}`
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

/** What a person sees here, in plain words. */
export function explanations({ dataset }: Card): TemplateResult {
  const change = dataset.name === 'mnist' ? 'a 0 opens, bends and becomes a 7' : 'its shapes move and turn'
  return html`<section class="lessons" aria-label="What this shows">
    ${explanation(
      'Not a cross-fade',
      `Mixing the pixels of two images gives two ghosts. Mixing their latent numbers and decoding gives, at each step, one image: ${change}.`,
      html`<p class="equation">x̂(t) = decoder((1 − t) · z<sub>A</sub> + t · z<sub>B</sub>)</p>`,
    )}
    ${explanation(
      'Straight or around',
      'In many dimensions, draws from a bell-shaped prior lie near a sphere. A straight path cuts through its empty inside; going around keeps to where images are. In two dimensions the middle is full, and straight is fine.',
      html`<p class="equation">
        slerp: u(t) = [sin((1 − t)Ω) · u<sub>A</sub> + sin(tΩ) · u<sub>B</sub>] / sin Ω, &emsp; u = (z − mean) / √variance
      </p>`,
    )}
  </section>`
}

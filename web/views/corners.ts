import { html, type TemplateResult } from 'lit'
import type { Card } from '../../models/card.ts'
import { type Endpoint, locate, parseEndpoint } from '../../models/latent.ts'
import { type Latents, meanOf } from '../catalog/catalog.ts'
import type { AppContext } from '../lab/app-context.ts'

export const LETTERS = ['A', 'B', 'C', 'D'] as const

const KINDS = { class: 'class', seed: 'seed', test: 'test image', z: 'point' } as const
type Kind = keyof typeof KINDS

/**
 * The point a corner stands for, [D_z]: an endpoint as the API takes it, or `test:5` for where the encoder puts that
 * test image. Undefined while the test set is on its way, and for a corner this model has not.
 */
export function locateCorner(
  corner: string,
  card: Card,
  latents: Latents | undefined,
): Float32Array | undefined {
  const test = /^test:(\d+)$/.exec(corner)
  if (test) {
    const index = Number(test[1])
    return latents && index < latents.images ? meanOf(latents, index) : undefined
  }
  try {
    const endpoint: Endpoint = parseEndpoint(corner)
    return locate(endpoint, card)
  } catch {
    return undefined
  }
}

/** A corner as the API takes it, which knows no test images. */
export function asEndpoint(corner: string, z: Float32Array): string {
  return corner.startsWith('test:') ? `z:${print(z)}` : corner
}

/** A point as a corner. */
export function asCorner(z: Float32Array): string {
  return `z:${print(z)}`
}

function print(z: Float32Array): string {
  return Array.from(z, value => Number(value.toFixed(4))).join(',')
}

/** One corner's controls: what it is, and which one. */
export function cornerControl(
  app: AppContext,
  card: Card,
  index: number,
  place: { selected: boolean; missing: boolean; select(): void; draw(): void },
): TemplateResult {
  const corner = app.state.corners[index]
  const [kind, value] = [corner.slice(0, corner.indexOf(':')) as Kind, corner.slice(corner.indexOf(':') + 1)]
  const letter = LETTERS[index]
  const set = (next: string) =>
    app.set({ corners: app.state.corners.map((old, i) => (i === index ? next : old)) })
  const first: Record<Kind, string> = {
    class: 'class:0',
    seed: `seed:${index + 1}`,
    test: `test:${index}`,
    z: asCorner(locateCorner(corner, card, undefined) ?? Float32Array.from(card.prior.mean)),
  }
  const kinds = (Object.keys(KINDS) as Kind[]).filter(k => k !== 'class' || card.dataset.classes.length > 0)
  return html`<div class="corner">
    <button
      class="corner-letter"
      aria-pressed=${place.selected ? 'true' : 'false'}
      aria-label=${`Corner ${letter}: move it on the plane`}
      @click=${place.select}
    >
      ${letter}
    </button>
    <select
      aria-label=${`What corner ${letter} is`}
      @change=${(e: Event) => set(first[(e.target as HTMLSelectElement).value as Kind])}
    >
      ${kinds.map(k => html`<option value=${k} ?selected=${k === kind}>${KINDS[k]}</option>`)}
    </select>
    ${valueControl(card, kind, value, letter, set)}
    <button class="quiet" aria-label=${`Draw corner ${letter}`} @click=${place.draw}>Draw…</button>
    ${place.missing ? html`<span class="hint" role="status">not in this model</span>` : ''}
  </div>`
}

function valueControl(
  card: Card,
  kind: Kind,
  value: string,
  letter: string,
  set: (corner: string) => void,
): TemplateResult {
  const label = `${KINDS[kind] ?? 'Value'} of corner ${letter}`
  const read = (event: Event) => (event.target as HTMLInputElement).value
  if (kind === 'class') {
    return html`<select aria-label=${label} @change=${(e: Event) => set(`class:${read(e)}`)}>
      ${card.dataset.classes.map(
        (name, i) =>
          html`<option value=${i} ?selected=${value === String(i) || value === name}>${name}</option>`,
      )}
    </select>`
  }
  if (kind === 'z') {
    return html`<input
      type="text"
      aria-label=${label}
      .value=${value}
      spellcheck="false"
      @change=${(e: Event) => set(`z:${read(e).replaceAll(' ', '')}`)}
    />`
  }
  return html`<input
    type="number"
    min="0"
    step="1"
    aria-label=${label}
    .value=${value}
    @change=${(e: Event) => set(`${kind}:${Math.max(0, Math.floor(Number(read(e)) || 0))}`)}
  />`
}

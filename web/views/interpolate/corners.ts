import { html, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { findPoint } from '../../../models/latent/corners.ts'
import { classIndex, placedClasses, splitPoints } from '../../../models/latent/draws.ts'
import { type Latents, meanOf } from '../../../models/latent/encoded-set.ts'
import { classEndpoint } from '../../../models/latent/endpoints.ts'
import type { Model } from '../../catalog/catalog.ts'
import type { Resource } from '../../catalog/resource.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { isConditional, withClass } from '../../lab/points.ts'

/** The letters by which the page names the corners. */
export const LETTERS = ['A', 'B', 'C', 'D'] as const

const KINDS = { class: 'class', seed: 'seed', test: 'test image', z: 'point' } as const
type Kind = keyof typeof KINDS

/** The card that corners are located with: a draw needs the density. */
export function cardOfCorners(model: Model, corners: readonly string[]): Resource<Card> {
  return corners.some(corner => corner.startsWith('seed:')) ? model.fullCard() : model.card
}

/**
 * The point that a corner stands for, [size of a point]. A corner is an endpoint as the API takes it, or `test:5` for
 * the latents of that test image. Undefined while the latents are loading, and if this model does not have the corner.
 */
export function locateCorner(
  corner: string,
  card: Card,
  latents: Latents | undefined,
): Float32Array | undefined {
  const test = /^test:(\d+)$/.exec(corner)
  if (test) {
    const index = Number(test[1])
    if (!latents || index >= latents.images) return undefined
    return withClass(card, meanOf(latents, index), latents.label?.[index] ?? 0)
  }
  return findPoint(corner, card)
}

/** A corner as an endpoint of the API, which has no test images: these become points. */
export function asEndpoint(corner: string, point: Float32Array, card: Card): string {
  return corner.startsWith('test:') ? asCorner(point, card) : corner
}

/** Writes a point as a corner: its coordinates and, for a conditional model, the class or the share of each class. */
export function asCorner(point: Float32Array, card: Card): string {
  const { z, y } = splitPoints(point, card.architecture)
  if (!y) return `z:${print(z)}`
  const label = y.indexOf(1)
  const subject = label < 0 ? `y:${print(y)}` : `class:${card.dataset.classes[label]}`
  return `${subject}@z:${print(z)}`
}

function print(z: Float32Array): string {
  return Array.from(z, value => Number(value.toFixed(4))).join(',')
}

/** A corner's controls: its kind, its value, and a button to draw it. */
export function cornerControl(
  app: AppContext,
  card: Card,
  corners: readonly string[],
  index: number,
  place: { selected: boolean; missing: boolean; select(): void; draw(): void },
): TemplateResult {
  const corner = corners[index]
  const [kind, value] = partsOf(corner)
  const letter = LETTERS[index]
  const set = (next: string) => app.set({ corners: corners.map((old, i) => (i === index ? next : old)) })
  const placed: number | undefined = placedClasses(card)[0]
  const first: Record<Kind, string> = {
    class: placed === undefined ? '' : classEndpoint(card.dataset.classes, placed),
    seed: `seed:${index + 1}`,
    test: `test:${index}`,
    z: asCorner(
      locateCorner(corner, card, undefined) ?? withClass(card, Float32Array.from(card.prior.mean), 0),
      card,
    ),
  }
  const kinds = (Object.keys(KINDS) as Kind[]).filter(k => k !== 'class' || placed !== undefined)
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
      aria-label=${`Kind of corner ${letter}`}
      @change=${(e: Event) => set(first[(e.target as HTMLSelectElement).value as Kind])}
    >
      ${kinds.map(k => html`<option value=${k} ?selected=${k === kind}>${KINDS[k]}</option>`)}
    </select>
    ${valueControl(card, kind, value, letter, set)}
    <button class="quiet" aria-label=${`Draw corner ${letter}`} @click=${place.draw}>Draw…</button>
    ${place.missing ? html`<span class="hint" role="status">This model has no such point.</span>` : ''}
  </div>`
}

/**
 * A corner's kind, and the value that its control shows. A class in a style (`class:3@…`) is shown whole, as a point.
 */
function partsOf(corner: string): [Kind, string] {
  if (corner.includes('@')) return ['z', corner]
  const at = corner.indexOf(':')
  return [corner.slice(0, at) as Kind, corner.slice(at + 1)]
}

/** The index of a class by its name or number in a corner; undefined if there is none. */
function findClass(classes: readonly string[], value: string): number | undefined {
  try {
    return classIndex(classes, value)
  } catch {
    return undefined
  }
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
    const { classes } = card.dataset
    const chosen = findClass(classes, value)
    return html`<select aria-label=${label} @change=${(e: Event) => set(read(e))}>
      ${placedClasses(card).map(
        i =>
          html`<option value=${classEndpoint(classes, i)} ?selected=${i === chosen}>${classes[i]}</option>`,
      )}
    </select>`
  }
  if (kind === 'z') {
    return html`<input
      type="text"
      aria-label=${label}
      .value=${value}
      spellcheck="false"
      @change=${(e: Event) => {
        const text = read(e).replaceAll(' ', '')
        set(isConditional(card) ? text : `z:${text}`)
      }}
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

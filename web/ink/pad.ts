import { html, nothing, type TemplateResult } from 'lit'
import type { GreyImage } from '../../models/images/grey.ts'

/** Side of the pad and width of its pen, in canvas pixels. */
const SIDE = 280
const PEN = 22

/** A drawing pad and its content. */
export interface Pad {
  element: HTMLCanvasElement
  clear(): void
}

/**
 * Creates a square to draw on with a mouse, a pen or a finger.
 *
 * @param ink the colour of the next strokeTo, as CSS writes it
 * @param done called after each strokeTo with the drawing so far
 */
export function createPad(ink: () => string, done: (drawing: GreyImage) => void): Pad {
  const element = document.createElement('canvas')
  element.className = 'pad'
  element.width = SIDE
  element.height = SIDE
  element.setAttribute('role', 'img')
  element.setAttribute(
    'aria-label',
    'Draw here with a mouse or a finger; by keyboard, pick or upload an image instead',
  )
  const g = element.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D
  let last: [number, number] | undefined
  function pointOf(event: PointerEvent): [number, number] {
    const box = element.getBoundingClientRect()
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE]
  }
  function strokeTo(to: [number, number]): void {
    g.strokeStyle = ink()
    g.lineWidth = PEN
    g.lineCap = 'round'
    g.beginPath()
    g.moveTo(...(last ?? to))
    g.lineTo(...to)
    g.stroke()
    last = to
  }
  element.addEventListener('pointerdown', event => {
    element.setPointerCapture(event.pointerId)
    last = undefined
    strokeTo(pointOf(event))
  })
  element.addEventListener('pointermove', event => {
    if (last && element.hasPointerCapture(event.pointerId)) strokeTo(pointOf(event))
  })
  const endStroke = () => {
    if (!last) return
    last = undefined
    const { data } = g.getImageData(0, 0, SIDE, SIDE)
    const pixels = Float32Array.from({ length: SIDE * SIDE }, (_, i) => data[i * 4 + 3] / 255)
    done({ width: SIDE, height: SIDE, pixels })
  }
  element.addEventListener('pointerup', endStroke)
  element.addEventListener('pointercancel', endStroke)
  return { element, clear: () => g.clearRect(0, 0, SIDE, SIDE) }
}

/** A button that takes a picture file; with `camera`, phones open their camera. */
export function fileButton(label: string, take: (file: File) => void, camera = false): TemplateResult {
  return html`<label class=${camera ? 'button file camera' : 'button file'}
    >${label}<input
      type="file"
      accept="image/*"
      capture=${camera ? 'environment' : nothing}
      @change=${(event: Event) => {
        const input = event.target as HTMLInputElement
        if (input.files?.[0]) take(input.files[0])
        input.value = ''
      }}
  /></label>`
}

import { html, type TemplateResult } from 'lit'
import { type GreyImage, luma, resampleArea } from '../../models/images/grey.ts'
import { currentTheme } from '../plot/theme.ts'
import { centreAsMnist } from './centre.ts'

const SIDE = 280
const PEN = 22

/** A place to draw on, and what was drawn. */
export interface Pad {
  element: HTMLCanvasElement
  clear(): void
}

/**
 * A square to draw on with a mouse, a pen or a finger; `done` gets what was drawn so far after each stroke.
 */
export function createPad(done: (drawing: GreyImage) => void): Pad {
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
  function place(event: PointerEvent): [number, number] {
    const box = element.getBoundingClientRect()
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE]
  }
  function stroke(to: [number, number]): void {
    g.strokeStyle = currentTheme().ink
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
    stroke(place(event))
  })
  element.addEventListener('pointermove', event => {
    if (last && element.hasPointerCapture(event.pointerId)) stroke(place(event))
  })
  const lift = () => {
    if (!last) return
    last = undefined
    const { data } = g.getImageData(0, 0, SIDE, SIDE)
    const pixels = Float32Array.from({ length: SIDE * SIDE }, (_, i) => data[i * 4 + 3] / 255)
    done({ width: SIDE, height: SIDE, pixels })
  }
  element.addEventListener('pointerup', lift)
  element.addEventListener('pointercancel', lift)
  return { element, clear: () => g.clearRect(0, 0, SIDE, SIDE) }
}

/**
 * Reads an image file as a model's input: dark strokes on a light page are inverted, a drawing is centred as MNIST's
 * are, anything else is fitted to the model's size.
 *
 * @throws Error when the browser cannot read it
 */
export async function readFile(
  file: File,
  size: { width: number; height: number; name: string },
): Promise<Float32Array> {
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(file)
  } catch {
    throw new Error(`${file.name} is no image that this browser can read.`)
  }
  const scale = Math.min(1, 512 / Math.max(bitmap.width, bitmap.height))
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(bitmap.width * scale)),
    Math.max(1, Math.round(bitmap.height * scale)),
  )
  const g = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D
  g.fillStyle = '#fff'
  g.fillRect(0, 0, canvas.width, canvas.height)
  g.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  const { data } = g.getImageData(0, 0, canvas.width, canvas.height)
  const grey: GreyImage = {
    width: canvas.width,
    height: canvas.height,
    pixels: new Float32Array(canvas.width * canvas.height),
  }
  for (let i = 0; i < grey.pixels.length; i++) {
    grey.pixels[i] = luma(data[i * 4], data[i * 4 + 1], data[i * 4 + 2]) / 255
  }
  if (!size.name.startsWith('frey') && border(grey) > 0.5) grey.pixels = grey.pixels.map(value => 1 - value)
  if (size.name === 'mnist' && (grey.width !== size.width || grey.height !== size.height)) {
    return centreAsMnist(grey, size.width)
  }
  return resampleArea(grey, size.width, size.height).pixels
}

/** Mean intensity along the edge. */
function border({ width, height, pixels }: GreyImage): number {
  let sum = 0
  for (let x = 0; x < width; x++) sum += pixels[x] + pixels[(height - 1) * width + x]
  for (let y = 0; y < height; y++) sum += pixels[y * width] + pixels[y * width + width - 1]
  return sum / (2 * (width + height))
}

/** A button that takes an image file. */
export function fileButton(label: string, take: (file: File) => void): TemplateResult {
  return html`<label class="button file"
    >${label}<input
      type="file"
      accept="image/*"
      @change=${(event: Event) => {
        const input = event.target as HTMLInputElement
        if (input.files?.[0]) take(input.files[0])
        input.value = ''
      }}
  /></label>`
}

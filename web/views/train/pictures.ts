import { toIntensities } from '../../../models/images/grey.ts'
import { drawImage, type ImageSize } from '../../plot/picture.ts'
import type { Theme } from '../../plot/theme.ts'
import type { Training } from '../../train/training.ts'

/** Shows test images with their reconstructions, and samples. */
export interface Pictures {
  element: HTMLElement
  show(training: Training, theme: Theme): void
}

/** Pixels between images, and between the rows of pairs. */
const GAP = 1
const ROW_GAP = 5
const COLUMNS = { pairs: 5, samples: 8 }

/**
 * Creates two canvases with all pictures: the browser would take longer to show many small canvases than to draw them.
 */
export function createPictures(): Pictures {
  const element = document.createElement('section')
  element.className = 'train-pictures'
  const pairs = addPicture(element, 'Ten test images, each with its reconstruction below')
  const samples = addPicture(element, 'Sixteen images decoded from fixed random points')
  return {
    element,
    show({ data, state: { snapshot } }, theme) {
      const { height, width, name, polarity } = data
      const size = { height, width, name, polarity }
      const area = height * width
      const given = toIntensities(data.shown)
      const tiles = Array.from({ length: given.length / area }, (_, i): Tile[] => {
        const column = i % COLUMNS.pairs
        const row = Math.floor(i / COLUMNS.pairs)
        const x = column * (width + GAP)
        const y = row * (2 * height + GAP + ROW_GAP)
        const offset = i * area
        return [
          { x, y, pixels: given, offset },
          { x, y: y + height + GAP, pixels: snapshot?.reconstructions, offset },
        ]
      })
      drawTiles(pairs, size, theme, tiles.flat())
      const drawn = Array.from({ length: 16 }, (_, i) => ({
        x: (i % COLUMNS.samples) * (width + GAP),
        y: Math.floor(i / COLUMNS.samples) * (height + GAP),
        pixels: snapshot?.samples,
        offset: i * area,
      }))
      drawTiles(samples, size, theme, drawn)
    },
  }
}

function addPicture(parent: HTMLElement, title: string): HTMLCanvasElement {
  const heading = parent.appendChild(document.createElement('h2'))
  heading.textContent = title
  const canvas = parent.appendChild(document.createElement('canvas'))
  canvas.setAttribute('role', 'img')
  canvas.setAttribute('aria-label', title)
  return canvas
}

/** An image's position on a canvas; without pixels, empty paper. */
interface Tile {
  x: number
  y: number
  pixels: Float32Array | undefined
  offset: number
}

function drawTiles(canvas: HTMLCanvasElement, size: ImageSize, theme: Theme, tiles: readonly Tile[]): void {
  // Setting the size clears the canvas.
  canvas.width = Math.max(...tiles.map(({ x }) => x)) + size.width
  canvas.height = Math.max(...tiles.map(({ y }) => y)) + size.height
  const g = canvas.getContext('2d') as CanvasRenderingContext2D
  const { ramp } = theme
  g.fillStyle = `rgb(${ramp[0]} ${ramp[1]} ${ramp[2]})`
  for (const { x, y, pixels, offset } of tiles) {
    if (pixels) drawImage(g, pixels, size, theme, { offset, x, y })
    else g.fillRect(x, y, size.width, size.height)
  }
}

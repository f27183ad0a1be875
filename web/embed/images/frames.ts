import type { Card } from '../../../models/card.ts'
import { splitPoints } from '../../../models/latent/draws.ts'
import type { Options } from '../options/attributes.ts'
import { elementError } from '../options/element-error.ts'
import { fetchFromApi } from './fetch-from-api.ts'
import type { LatentPath } from './latent-path.ts'
import { type Decode, modelUrl } from './model-files.ts'

/** The images at all positions on a path or in a square. */
export interface Frames {
  /** Where they were decoded. */
  engine: 'edge' | 'local'
  width: number
  height: number
  /** The nearest position to (t, u) that has an image. */
  snap(t: number, u: number): [number, number]
  /** Draws the image at a position in grey, 1 as white, unscaled at the canvas's top left. */
  draw(g: CanvasRenderingContext2D, t: number, u: number): void
  /**
   * Draws the image as ink: in the grey level `ink` (0 black, 255 white), with the image as alpha. Only for frames
   * decoded in the page. Unlike after `draw`, the browser need not blend the canvas with the background by a style.
   */
  drawInk?(g: CanvasRenderingContext2D, t: number, u: number, ink: number): void
  close(): void
}

/**
 * Images along each side of the largest square: the square root of the number of images that the API decodes in one
 * request.
 */
const LARGEST_SIDE = 15

/**
 * Fetches the first frames as one image: all steps of a path, or the corners of a square.
 *
 * @returns the frames, and the model that decoded them, as `id@version`
 */
export async function fetchFirstFrames(
  api: string,
  { model, endpoints, steps, path }: Options,
  signal: AbortSignal,
): Promise<{ frames: Frames; drawnBy: string | null }> {
  const [a, b, c, d] = endpoints
  const square = endpoints.length > 2
  // Laid out in two columns, a path from the top left through the corners, row by row, is the square.
  const query: Record<string, string> = square
    ? { from: a, via: `${b};${d}`, to: c, steps: '4', columns: '2' }
    : { from: a, to: b, steps: String(steps) }
  const search = new URLSearchParams({ ...query, path, format: 'png' })
  const url = `${modelUrl(api, model)}/interpolate?${search}`
  const response = await fetchFromApi(url, signal, { corners: square })
  const frames = square ? await readContactSheet(response, 2, 2) : await readContactSheet(response, steps, 1)
  return { frames, drawnBy: response.headers.get('x-model') }
}

/** Fetches the frames of a whole square, `steps` along each side, or as many as one request may ask for. */
export async function fetchSquare(
  api: string,
  { steps }: Options,
  card: Card,
  path: LatentPath,
  signal: AbortSignal,
): Promise<Frames> {
  const side = Math.min(steps, LARGEST_SIDE)
  const rows = Array.from({ length: side * side }, (_, i) =>
    splitPoints(
      path.at((i % side) / (side - 1), Math.floor(i / side) / (side - 1))[0].point,
      card.architecture,
    ),
  )
  const z = rows.map(row => Array.from(row.z))
  const y = card.architecture.classes === undefined ? undefined : rows.map(row => Array.from(row.y ?? []))
  const url = `${modelUrl(api, `${card.id}@${card.version}`)}/decode?format=png&columns=${side}`
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ z, y })
  const response = await fetchFromApi(url, signal, { method: 'POST', headers, body })
  return readContactSheet(response, side, side)
}

/**
 * Fetches texts as the API writes them: frames only at the texts themselves. @returns the frames, and the model that
 * decoded them
 */
export async function fetchTexts(
  api: string,
  { model, texts, hand }: Pick<Options, 'model' | 'texts' | 'hand'>,
  signal: AbortSignal,
): Promise<{ frames: Frames; drawnBy: string | null }> {
  const responses = await Promise.all(
    texts.map(text => {
      const search = new URLSearchParams({ text, style: hand, format: 'png' })
      return fetchFromApi(`${modelUrl(api, model)}/write?${search}`, signal)
    }),
  )
  const lines = await Promise.all(responses.map(readPng))
  // A single text is at the end of its path.
  const nearest = (t: number) => Math.round(t * (lines.length - 1))
  const width = Math.max(...lines.map(line => line.width))
  const { height } = lines[0]
  const frames: Frames = {
    engine: 'edge',
    width,
    height,
    snap: t => [lines.length > 1 ? nearest(t) / (lines.length - 1) : 1, 0],
    draw(g, t) {
      g.fillRect(0, 0, g.canvas.width, height)
      g.drawImage(lines[nearest(t)], 0, 0)
    },
    close() {
      for (const line of lines) line.close()
    },
  }
  return { frames, drawnBy: responses[0].headers.get('x-model') }
}

/** Makes frames of a PNG that holds them in rows and columns. */
async function readContactSheet(response: Response, columns: number, rows: number): Promise<Frames> {
  const sheet = await readPng(response)
  const [width, height] = [sheet.width / columns, sheet.height / rows]
  const nearest = (t: number, count: number) => Math.round(t * (count - 1))
  return {
    engine: 'edge',
    width,
    height,
    snap: (t, u) => [nearest(t, columns) / (columns - 1), rows > 1 ? nearest(u, rows) / (rows - 1) : 0],
    draw(g, t, u) {
      const [x, y] = [nearest(t, columns) * width, nearest(u, rows) * height]
      g.drawImage(sheet, x, y, width, height, 0, 0, width, height)
    },
    close: () => sheet.close(),
  }
}

function readPng(response: Response): Promise<ImageBitmap> {
  return response
    .blob()
    .then(blob => createImageBitmap(blob, { premultiplyAlpha: 'none', colorSpaceConversion: 'none' }))
    .catch(() => {
      const got = `something else from ${response.url}`
      throw elementError('src', 'a PNG image', got, 'broken', { retryable: true })
    })
}

/** Makes frames that are decoded in the page, at any position. */
export function createLocalFrames(
  decode: Decode,
  path: LatentPath,
  { width: across }: Card['dataset'],
): Frames {
  const { width, height } = path
  const image = new ImageData(width, height)
  const { data } = image
  /** Decodes into the alpha channel, rounded as the API rounds grey levels. The array limits values to 0…255. */
  const decodeToAlpha = (t: number, u: number) => {
    data.fill(0)
    for (const { point, left, opacity } of path.at(t, u)) {
      const xhat = decode(point)
      for (let i = 0; i < xhat.length; i++) {
        const column = i % across
        const at = (((i - column) / across) * width + left + column) * 4 + 3
        // Images overlap where a text has a character and the other one a gap.
        data[at] = Math.max(data[at], Math.round(xhat[i] * opacity * 255))
      }
    }
  }
  return {
    engine: 'local',
    width,
    height,
    snap: (t, u) => [t, u],
    draw(g, t, u) {
      decodeToAlpha(t, u)
      for (let i = 0; i < data.length; i += 4) {
        data[i] = data[i + 1] = data[i + 2] = data[i + 3]
        data[i + 3] = 255
      }
      g.putImageData(image, 0, 0)
    },
    drawInk(g, t, u, ink) {
      decodeToAlpha(t, u)
      for (let i = 0; i < data.length; i += 4) data[i] = data[i + 1] = data[i + 2] = ink
      g.putImageData(image, 0, 0)
    },
    close() {},
  }
}

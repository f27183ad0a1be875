import type { Card } from '../../models/card.ts'
import { ask } from './ask.ts'
import type { Options } from './attributes.ts'
import { type Decode, modelUrl } from './models.ts'
import { refuse } from './refusal.ts'
import type { Route } from './route.ts'

/** Pictures of all places of a path or a square. */
export interface Frames {
  engine: 'edge' | 'local'
  width: number
  height: number
  /** The place nearest to (t, u) that there is a picture of. */
  snap(t: number, u: number): [number, number]
  /** Draws the picture of a place in grey, white being 1, at the canvas's top left, pixel for pixel. */
  draw(g: CanvasRenderingContext2D, t: number, u: number): void
  close(): void
}

/** Most pictures the API decodes at a time, whose root is the widest square. */
const WIDEST = 15

/**
 * Asks the API for the first picture in one image with others of the way: all steps of a path, or a square's corners.
 *
 * @returns the pictures, and the model that drew them: `id@version`
 */
export async function fetchStrip(
  { api, model, stops, steps, path }: Options,
  signal: AbortSignal,
): Promise<{ frames: Frames; drawnBy: string | null }> {
  const [a, b, c, d] = stops
  const corners = stops.length > 2
  // A walk from the top left that passes the corners row by row, on two columns, is the square.
  const query: Record<string, string> = corners
    ? { from: a, via: `${b};${d}`, to: c, steps: '4', columns: '2' }
    : { from: a, to: b, steps: String(steps) }
  const search = new URLSearchParams({ ...query, path, format: 'png' })
  const answer = await ask(`${modelUrl(api, model)}/interpolate?${search}`, signal, { corners })
  const frames = corners ? await readSheet(answer, 2, 2) : await readSheet(answer, steps, 1)
  return { frames, drawnBy: answer.headers.get('x-model') }
}

/** Asks the API for a whole square of pictures, `steps` a side as far as it decodes that many. */
export async function fetchSquare(
  { api, steps }: Options,
  card: Card,
  route: Route,
  signal: AbortSignal,
): Promise<Frames> {
  const side = Math.min(steps, WIDEST)
  const d = card.architecture.latentDim
  const z = new Float32Array(side * side * d)
  for (let i = 0; i < side * side; i++) {
    z.set(route((i % side) / (side - 1), Math.floor(i / side) / (side - 1)), i * d)
  }
  const url = `${modelUrl(api, `${card.id}@${card.version}`)}/decode?format=png&columns=${side}`
  const headers = { 'content-type': 'application/octet-stream' }
  return readSheet(await ask(url, signal, { method: 'POST', headers, body: z }), side, side)
}

/** Pictures out of a contact sheet. */
async function readSheet(answer: Response, columns: number, rows: number): Promise<Frames> {
  const sheet = await createImageBitmap(await answer.blob(), {
    premultiplyAlpha: 'none',
    colorSpaceConversion: 'none',
  }).catch(() => {
    throw refuse('src', 'a PNG image', `something else from ${answer.url}`, 'broken')
  })
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

/** Pictures decoded here, of any place. */
export function localFrames(decode: Decode, route: Route, { width, height }: Card['dataset']): Frames {
  const image = new ImageData(width, height)
  return {
    engine: 'local',
    width,
    height,
    snap: (t, u) => [t, u],
    draw(g, t, u) {
      const xhat = decode(route(t, u))
      // Grey levels as the API rounds them; what lies outside 0…1 is clipped by the array.
      for (let i = 0; i < xhat.length; i++) {
        const level = Math.round(xhat[i] * 255)
        image.data.set([level, level, level, 255], i * 4)
      }
      g.putImageData(image, 0, 0)
    },
    close() {},
  }
}

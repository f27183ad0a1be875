import type { Card } from '../../../models/card.ts'
import { encodeImages } from '../../../models/encode-images.ts'
import { firstPoint } from '../../../models/first-view.ts'
import { decodePng } from '../../../models/images/png.ts'
import { carryPoint } from '../../../models/latent/carry-point.ts'
import { placedClasses } from '../../../models/latent/draws.ts'
import { classEndpoint, locate, parseEndpoint } from '../../../models/latent/endpoints.ts'
import { walk } from '../../../models/latent/paths.ts'
import { joinRows } from '../../../models/rows.ts'
import { placeInSheet, TEST_IMAGE_SIDE } from '../../../models/test-sheets.ts'
import type { Model } from '../../catalog/model.ts'
import { drawScatter } from '../../images/scatter.ts'
import { layOut, placeBlocks, type Raster } from '../../images/sheet.ts'
import type { Service } from '../../pipeline/respond.ts'
import { PREVIEW_SIZE } from '../embed-options.ts'
import { pointOf, readInteger } from '../view-preview.ts'
import {
  type Block,
  decodeBlock,
  drawsOf,
  latentsOf,
  mapOf,
  pointsOf,
  representativeRow,
  testPoint,
} from './blocks.ts'
import type { Plan, SourceImage } from './plan.ts'
import { frameOf } from './query.ts'

/** Draws a preview picture. @param given the query of the page's address: its point, class and seed */
export async function drawPlan(service: Service, plan: Plan, given: URLSearchParams): Promise<Raster> {
  const frame = frameOf(given)
  const arrange = async (blocks: Promise<Block[]>, direction: 'row' | 'column') =>
    fitBlocks(await blocks, direction, frame)
  const models = await Promise.all(plan.models.map(async ({ id }) => (await service.catalog.find(id)).model))
  switch (plan.view) {
    case 'train':
      return drawPlane(models[0], frame)
    case 'gallery':
      return arrange(pathRows(models[0]), 'column')
    case 'own':
      return arrange(ownBlocks(models[0], plan.image, given), 'row')
    case 'plane':
      return arrange(wideMap(models[0]), 'row')
    case 'paper':
      return arrange(tableRows(models), 'column')
    case 'compare':
      return arrange(comparedBlocks(service, models, plan.by, given), 'row')
    case 'reconstruct':
      return arrange(readings(service, models, plan.image), 'row')
  }
}

/** The size of the picture. */
type Frame = Pick<Raster, 'width' | 'height'>

/** The gaps between two blocks, as shares of the picture's width. */
const GAP = { row: 0.02, column: 0.007 }

/** Blocks as large as they fit into a link preview together. */
function fitBlocks(blocks: readonly Block[], direction: 'row' | 'column', frame: Frame): Raster {
  const long = direction === 'row' ? 'width' : 'height'
  const gap = Math.round(frame.width * GAP[direction])
  const room = { ...frame, [long]: (frame[long] - (blocks.length - 1) * gap) / blocks.length }
  const rasters = blocks.map(block => {
    const { width, height, columns, pixels } = block
    const rows = Math.ceil(pixels.length / (width * height) / columns)
    const scale = Math.floor(Math.min(room.width / (columns * width), room.height / (rows * height)))
    return layOut(block, columns, Math.max(1, scale), false)
  })
  return placeBlocks(rasters, direction, gap, frame)
}

/** Images across and down in a map that fills the picture, and in one of two beside each other. */
const WIDE = [21, 11] as const
const SQUARE = [10, 10] as const

/** A model's map that fills the picture. */
async function wideMap(model: Model): Promise<Block[]> {
  return [await mapOf(model, Float32Array.from(firstPoint(model.card)), WIDE)]
}

/** Test images as each model reconstructs them, as many in a row as make the table as wide as a link preview. */
function tableRows(models: readonly Model[]): Promise<Block[]> {
  const { width, height } = models[0].card.dataset
  const side = Math.floor(PREVIEW_SIZE.height / (models.length * height)) * width
  const columns = Math.max(10, Math.floor(PREVIEW_SIZE.width / Math.max(side, width)))
  return Promise.all(models.map(model => representativeRow(model, columns)))
}

/** Paths between neighbouring pairs of classes, or of draws where the data has none. */
function pathRows(model: Model): Promise<Block[]> {
  const { card } = model
  const classes = placedClasses(card)
  const end = (i: number) =>
    classes.length > 1
      ? classEndpoint(card.dataset.classes, classes[(3 * i) % classes.length])
      : `seed:${i + 1}`
  // About as wide as four rows are high.
  const columns = Math.max(2, Math.round((7.6 * card.dataset.height) / card.dataset.width))
  return Promise.all(
    [1, 2, 3, 4].map(row => {
      const stops = [end(row), end(row + 1)].map(text => locate(parseEndpoint(text), card))
      return decodeBlock(model, walk(stops, columns, 'lerp', card.prior), columns)
    }),
  )
}

async function comparedBlocks(
  service: Service,
  models: readonly Model[],
  by: 'point' | 'seed' | SourceImage,
  given: URLSearchParams,
): Promise<Block[]> {
  if (by === 'seed') {
    const seed = readInteger(given, 'seed', 0xffffffff, 7)
    return Promise.all(models.map(model => drawsOf(model, seed)))
  }
  if (by !== 'point') return readings(service, models, by)
  const [{ card }] = models
  const { z: named, label } = pointOf(card, given)
  const z = Float32Array.from(named ?? firstPoint(card))
  return Promise.all(
    models.map(model => {
      const own = model.card === card ? z : carryPoint(z, card, model.card)
      const isMap = !named && model.card.architecture.latentDim > 1
      return isMap
        ? mapOf(model, own, SQUARE)
        : decodeBlock(model, pointsOf(model.card, own, [classIn(model.card, label)]), 1)
    }),
  )
}

/** A class that a model has. */
const classIn = ({ architecture }: Card, label: number) => Math.min(label, (architecture.classes ?? 1) - 1)

/** The visitor's image, and what is decoded at the address's point or else at the image's own. */
async function ownBlocks(model: Model, pixels: Float32Array, given: URLSearchParams): Promise<Block[]> {
  const { card } = model
  const { z, label } = pointOf(card, given)
  const { width, height } = card.dataset
  const decoded = z
    ? decodeBlock(model, pointsOf(card, Float32Array.from(z), [label]), 1)
    : readingOf(model, pixels)
  return [{ pixels, width, height, columns: 1 }, await decoded]
}

/** An image, where its pixels are known, and what each model makes of it. */
async function readings(service: Service, models: readonly Model[], image: SourceImage): Promise<Block[]> {
  const { width, height } = models[0].card.dataset
  const pixels = typeof image === 'number' ? await testImage(service, models[0].card, image) : image
  const readers = models.filter(
    ({ card }) => typeof image === 'number' || card.architecture.inputDim === image.length,
  )
  const read = await Promise.all(readers.map(model => readingOf(model, image)))
  return [...(pixels ? [{ pixels, width, height, columns: 1 }] : []), ...read]
}

async function readingOf(model: Model, image: SourceImage): Promise<Block> {
  if (typeof image !== 'number') {
    const { mean, y } = await encodeImages(model, image)
    return decodeBlock(model, y ? joinRows([mean, y], 1) : mean, 1)
  }
  const latents = await latentsOf(model)
  return decodeBlock(model, testPoint(model.card, latents, Math.min(image, latents.images - 1)), 1)
}

/** A test image, in the pictures that are beside the page; undefined where there is no page, or not that image. */
async function testImage(
  { platform }: Service,
  { dataset }: Card,
  index: number,
): Promise<Float32Array | undefined> {
  const place = placeInSheet(dataset.name, index)
  // The host does not matter: the platform's files have paths only.
  const file = place && (await platform.page?.(new Request(`http://localhost/${place.file}`)))
  if (!place || !file?.ok) return undefined
  const sheet = decodePng(new Uint8Array(await file.arrayBuffer()), 0)
  const side = TEST_IMAGE_SIDE
  return Float32Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [place.left + (i % side), place.top + Math.floor(i / side)]
    return sheet.pixels[y * sheet.width + x]
  })
}

/** The page's dark ground and its colours of classes there; a test holds them equal to web/styles/tokens.css. */
const CLASS_COLOURS = [
  0xb5c3fb, 0xfea335, 0x42cea0, 0xae5bba, 0xf1e871, 0xdd4070, 0xa0fcec, 0xb68610, 0x1a8ff8, 0x948fb1,
]
const GROUND = 0x131518

async function drawPlane(model: Model, frame: Frame): Promise<Raster> {
  const { mu, label = new Uint8Array() } = await latentsOf(model)
  return drawScatter(mu, label, CLASS_COLOURS, { ...frame, background: GROUND, radius: frame.width / 480 })
}

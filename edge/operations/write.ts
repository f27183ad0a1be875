import { z } from '@hono/zod-openapi'
import type { Card } from '../../models/card.ts'
import { encodeImages } from '../../models/encode-images.ts'
import {
  classIndex,
  drawStyle,
  pointSize,
  STYLE_TEMPERATURE,
  styleOfLatent,
} from '../../models/latent/draws.ts'
import { locate, parseStyle, type Style } from '../../models/latent/endpoints.ts'
import { drawText, layOutText, leftEdge, type WrittenText } from '../../models/latent/written-text.ts'
import { oneHot } from '../../models/one-hot.ts'
import { valueError } from '../../models/value-error.ts'
import type { Images } from '../images/sheet.ts'
import { LIMITS } from '../limits.ts'
import { pointFields, Rows, Shape } from './decoded.ts'
import { defineOperation, type OperationContext } from './operation.ts'
import { checkCoordinates, InvertInput, integer, number, Picture, Seed, text } from './parameters.ts'
import { toPixelRows } from './rows.ts'

/** An animation shows its last frame, the whole text, so many times as long as the others. */
const HOLD = 8

const Query = z.strictObject({
  text: text(LIMITS.textLength, `text of 1 to ${LIMITS.textLength} characters`).openapi({
    description: 'Characters that are classes of the model; spaces and hyphens are gaps',
    example: '2026-11-26',
  }),
  seed: Seed,
  style: text(LIMITS.stopLength)
    .optional()
    .openapi({
      description:
        'The handwriting, instead of a seed: seed:…; or eps:… with D_z numbers, the position in standard deviations within ' +
        'the Gaussian of each class; or, for a conditional model, z:…, the latent of every character',
      example: 'seed:7',
    }),
  temperature: number(0, LIMITS.temperature)
    .default(STYLE_TEMPERATURE)
    .openapi({ description: 'How far a seed’s handwriting is from the mean, in standard deviations' }),
  class: text(100)
    .optional()
    .openapi({ description: 'The class that a posted image shows; by default the likeliest', example: '3' }),
  delay: integer(10, 8000).default(250).openapi({ description: 'Milliseconds a character takes, in apng' }),
  invertInput: InvertInput,
  ...Picture.omit({ columns: true }).shape,
})
type Query = z.output<typeof Query>

/** A text in one handwriting. */
export const write = defineOperation({
  name: 'write',
  summary: 'A text in one handwriting',
  description:
    'Draws each character of a text in the same style. The style is a position in standard deviations, which is the same ' +
    'for each character within the Gaussian of its class’s latents. It is drawn for a seed, given by `style`, or that of a ' +
    'posted image. ' +
    'apng draws character by character; npy and f32 hold the whole line.',
  methods: ['get', 'post'],
  body: 'images',
  formats: ['png', 'apng', 'json', 'npy', 'f32'],
  answer: z.object({
    text: z.string(),
    characters: z.array(
      z.object({
        character: z.string(),
        class: z.string(),
        left: z.int().openapi({ description: 'Pixels from the left edge of the line' }),
      }),
    ),
    z: Rows.openapi({ description: 'The latent of each character, exactly as float32' }),
    y: Rows.optional().openapi({ description: 'Conditional models only: a share for each class' }),
    xhat: Rows.openapi({ description: 'The image of each character, row by row, to six decimals' }),
    shape: Shape,
  }),
  query: Query,
  only: { seed: 'get', style: 'get', temperature: 'get', class: 'post', invertInput: 'post' },
  // Each frame of an animation is as large as the whole line.
  count({ text }, _, { dataset }, format) {
    const { glyphs, width } = layOutText(text, dataset.classes)
    return Math.ceil(width / 2) * (format === 'apng' ? glyphs.length : 1)
  },
  async run(context) {
    const { card, query, decode } = context
    const written = layOutText(query.text, card.dataset.classes)
    const points = await pointsOf(context, written)
    const xhat = await decode(points)
    const { height, width } = card.dataset
    const line = drawText(written, xhat, card.dataset)
    return {
      images: { ...line, columns: 1 },
      frames: () => ({ ...drawFrames(written, xhat, card), hold: HOLD }),
      tensor: { data: line.pixels, shape: [line.height, line.width] },
      json: () => ({
        text: query.text,
        characters: written.glyphs.map(glyph => ({
          character: glyph.character,
          class: card.dataset.classes[glyph.class],
          left: leftEdge(glyph.left, width),
        })),
        ...pointFields(card, points),
        xhat: toPixelRows(xhat, height * width),
        shape: [height, width],
      }),
    }
  },
  examples(card) {
    const characters = card.dataset.classes.filter(name => [...name].length === 1 && !/[&#+%\s]/.test(name))
    if (characters.length === 0) return []
    const all = characters.join('')
    const date = all.includes('0123456789') ? '2026-11-26' : all
    return [
      { title: 'A text', query: `text=${date}&seed=7&scale=4`, save: 'text.png' },
      {
        title: 'Drawn character by character',
        query: `text=${all}&seed=3&format=apng&scale=2`,
        save: 'drawn.png',
      },
      { title: 'As numbers', query: `text=${characters[0]}&style=seed:7&format=json` },
      {
        title: 'In the handwriting of your own picture',
        query: `text=${all}&class=${characters[0]}`,
        send: '-F image=@digit.png',
        save: 'hand.png',
      },
    ]
  },
})

/** A point for each character. */
async function pointsOf(context: OperationContext<Query>, { glyphs }: WrittenText): Promise<Float32Array> {
  const { card } = context
  const style = await styleOf(context)
  const size = pointSize(card)
  const points = new Float32Array(glyphs.length * size)
  glyphs.forEach((glyph, i) => {
    points.set(locate({ class: glyph.class, style }, card, 'style'), i * size)
  })
  return points
}

async function styleOf(context: OperationContext<Query>): Promise<Style> {
  const { card, query, body, seed } = context
  if (body?.kind === 'images') return { eps: Array.from(await postedStyle(context, body.n, body.pixels)) }
  if (query.style === undefined) return { eps: Array.from(drawStyle(card, seed(), query.temperature)) }
  if (query.seed !== undefined) throw valueError('seed', 'no value together with style', query.seed)
  const style = parseStyle(query.style)
  if ('seed' in style) return { eps: Array.from(drawStyle(card, style.seed, query.temperature)) }
  checkCoordinates('eps' in style ? style.eps : style.z, 'style')
  return style
}

/** The position of the posted image in the Gaussian of its class, eps [D_z]. */
async function postedStyle(
  { card, query, encode, decode }: OperationContext<Query>,
  n: number,
  pixels: Float32Array,
): Promise<Float32Array> {
  if (n !== 1) throw valueError('image', 'one image', `${n}`)
  const { classes } = card.architecture
  const given = query.class === undefined ? undefined : classIndex(card.dataset.classes, query.class)
  if (classes === undefined && given === undefined) {
    throw valueError('class', 'the class that the image shows, because this model reads none', undefined)
  }
  const y = classes === undefined || given === undefined ? undefined : oneHot([given], classes)
  const encoded = await encodeImages({ card, encode, decode }, pixels, y)
  const label = given ?? encoded.y!.indexOf(1)
  return styleOfLatent(card.latent.classes[label], encoded.mean)
}

/** A frame for each character, with those before it. */
function drawFrames(written: WrittenText, xhat: Float32Array, card: Card): Images {
  const whole = drawText(written, xhat, card.dataset)
  const size = whole.pixels.length
  const pixels = new Float32Array(written.glyphs.length * size)
  written.glyphs.forEach((_, i) => {
    pixels.set(drawText(written, xhat, card.dataset, i + 1).pixels, i * size)
  })
  return { ...whole, pixels }
}

import { CHOICES, DEFAULT_HAND, DEFAULT_MODEL, FLAGS, NUMBERS, type TEXTS } from './attributes.ts'

/*
 * The documentation of the element's attributes, events, slots, parts and custom properties, for the gallery's
 * reference and for the npm package's Custom Elements Manifest.
 */

type AttributeName =
  | (typeof TEXTS)[number]
  | keyof typeof NUMBERS
  | keyof typeof CHOICES
  | (typeof FLAGS)[number]

const DESCRIPTIONS: Record<AttributeName, string> = {
  model: 'The model: its id, or id@version to pin a version; if absent, the server’s default model.',
  from: 'The start of the path: class:3, class:Sneaker, seed:7 or z:0.5,-1.2.',
  to: 'The end of the path.',
  corners: 'Instead of from and to: four endpoints, separated by semicolons, clockwise from the top left.',
  text: 'Instead of from and to: a text to count up to, or texts, separated by semicolons, each turning into the next.',
  hand: 'The handwriting of text: seed:7, eps:0.5,-1.2 or z:0.5,-1.2.',
  src: 'The server with the models.',
  steps: 'Number of images along the path, both ends included; an arrow key moves by one image.',
  path: 'lerp: straight. slerp: on an arc around the prior’s mean.',
  engine:
    'Where images are decoded: edge on the server, local in the page; auto in the page once the reader moves it.',
  autoplay: 'Plays when it becomes visible.',
  loop: 'Plays back and forth, or around a square.',
  duration: 'Milliseconds from one end to the other.',
  controls: 'A button and a slider below the image.',
  scale: 'CSS pixels for one pixel of an image.',
  theme: 'light or dark; auto follows the page’s text colour.',
  label: 'The accessible name, for screen readers.',
}

/** The documentation of an attribute. */
export interface AttributeDoc {
  name: string
  description: string
  /** TypeScript type of the property of the same name. */
  type: string
  /** The default as text. */
  initial: string
}

/**
 * The defaults of attributes that are neither numbers nor choices. This must stand above the code that reads it: the
 * bundle would read undefined without an error.
 */
const TEXT_DEFAULTS: Partial<Record<AttributeName, string>> = {
  model: DEFAULT_MODEL,
  hand: DEFAULT_HAND,
  src: 'the script’s server',
  label: 'made from the endpoints',
}

/** All attributes, in the order of the reference. */
export const ATTRIBUTE_DOCS: readonly AttributeDoc[] = Object.entries(DESCRIPTIONS).map(
  ([name, description]) => ({ name, description, ...typeAndDefault(name as AttributeName) }),
)

function typeAndDefault(name: AttributeName): { type: string; initial: string } {
  if (name in NUMBERS) return { type: 'number', initial: String(NUMBERS[name as keyof typeof NUMBERS][2]) }
  if (name in CHOICES) {
    const choices = CHOICES[name as keyof typeof CHOICES]
    return { type: choices.map(choice => `'${choice}'`).join(' | '), initial: choices[0] }
  }
  if ((FLAGS as readonly string[]).includes(name)) return { type: 'boolean', initial: 'off' }
  return { type: 'string', initial: TEXT_DEFAULTS[name] ?? '' }
}

/** The element's events by name. */
export const EVENT_DOCS = {
  ready: 'The first frames are shown. Detail: model, width, height.',
  change: 'Another position is shown. Detail: t, u, z, and y of a conditional model. Bubbles.',
  error: 'Nothing can be shown. Detail: attribute, code, message.',
} as const

/** The element's methods by name. */
export const METHOD_DOCS = {
  play: 'Plays from the present position.',
  pause: 'Stops playback.',
  seek: 'Moves to a position: t along the path or across the square, u down the square, both 0 to 1.',
  toBlob: 'The frame as an image file; null if there is none.',
} as const

/** The element's slots by name; '' is the slot without a name. */
export const SLOT_DOCS = {
  '': 'Shown if no image can be shown, and before the script has run.',
  fallback: 'Shown if no image can be shown.',
  caption: 'A caption below the image.',
} as const

/** Names of the element's parts, for `::part()`. */
export const PART_NAMES = [
  'box',
  'stage',
  'image',
  'bar',
  'button',
  'slider',
  'end',
  'trace',
  'spot',
  'caption',
  'fallback',
  'notice',
] as const

/** The custom properties of CSS that the element reads. */
export const CUSTOM_PROPERTY_DOCS = {
  '--latent-size': 'Width, instead of the attribute scale.',
  '--latent-paper': 'Colour behind the image.',
  '--latent-line': 'Colour of the border.',
  '--latent-accent': 'Colour of the progress.',
  '--latent-focus': 'Colour of the focus ring.',
  '--latent-radius': 'Corner radius.',
  '--latent-gap': 'Gap between image, bar and caption.',
  '--latent-rendering': 'pixelated, or auto for smooth.',
} as const

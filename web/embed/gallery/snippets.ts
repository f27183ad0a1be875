import { escapeHtml } from '../../../models/html.ts'
import { textWidth } from '../../../models/latent/written-text.ts'

/** An element's attributes by name; a flag has the value ''. */
export type Attributes = Readonly<Record<string, string>>

function elementTag(attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes).map(([name, value]) =>
    value === '' ? name : `${name}="${escapeHtml(value)}"`,
  )
  const oneLine = `<latent-interpolation ${written.join(' ')}>`
  const open = oneLine.length > 90 ? `<latent-interpolation\n  ${written.join('\n  ')}\n>` : oneLine
  return `${open}${content}</latent-interpolation>`
}

const scriptTag = (home: string) =>
  `<script type="module" src="${home}embed/latent-interpolation.js"></script>`

/** Formats a query, without percent-encoding characters that need none, so that it can be read. */
const readableQuery = (query: URLSearchParams) =>
  String(query)
    .replace(/%3A/g, ':')
    .replace(/%2C/g, ',')
    .replace(/%3B/g, ';')
    .replace(/=(?=&|$)/g, '')

/** The URL of the page for an iframe. @param home the server's base URL, with a slash at its end */
export function frameUrl(home: string, attributes: Attributes): string {
  return `${home}embed?${readableQuery(new URLSearchParams(attributes))}`
}

/** The URL of an animated PNG of the same path; for texts, of the first text as it is drawn. */
export function animationUrl(home: string, attributes: Attributes): string {
  const { model, from, to, corners, text, hand, steps = '17', path, scale = '8' } = attributes
  if (text !== undefined) {
    const query = { text: text.split(';')[0], style: hand ?? 'seed:7', scale, format: 'apng' }
    return `${home}v1/models/${model}/write?${readableQuery(new URLSearchParams(query))}`
  }
  const [a, b, c, d] = corners?.split(';') ?? []
  const query = new URLSearchParams({
    ...(corners ? { from: a, via: `${b};${c};${d}`, to: a } : { from, to }),
    steps,
    ...(path && { path }),
    scale,
    format: 'apng',
  })
  return `${home}v1/models/${model}/interpolate?${readableQuery(query)}`
}

/** Side of an image in pixels, and the height of the bar with its gap in CSS pixels. */
const IMAGE_SIZE = 28
const BAR_HEIGHT = 48

/** The width of the longest text, in images. */
function longest(texts: string): number {
  return Math.max(...texts.split(';').map(text => textWidth(text.trim()) / 2))
}

/** Writes the code that puts an element on a page. @param content markup inside the element */
type Snippet = (home: string, attributes: Attributes, title: string, content?: string) => string

/** The ways to put an element on a page, by the names that the page shows. */
export const SNIPPETS: Record<'HTML' | 'iframe' | 'img' | 'React' | 'Vue' | 'Svelte', Snippet> = {
  HTML: (home, attributes, _, content) => `${scriptTag(home)}\n${elementTag(attributes, content)}`,
  iframe(home, attributes, title) {
    const size = IMAGE_SIZE * Number(attributes.scale ?? 8)
    const width = attributes.text === undefined ? size : longest(attributes.text) * size
    const height = size + (attributes.controls === undefined ? 0 : BAR_HEIGHT)
    const src = escapeHtml(frameUrl(home, attributes))
    return `<iframe\n  src="${src}"\n  width="${width}" height="${height}" title="${escapeHtml(title)}"\n  style="border: 0" loading="lazy" sandbox="allow-scripts"\n></iframe>`
  },
  img: (home, attributes, title) =>
    `<img\n  src="${escapeHtml(animationUrl(home, attributes))}"\n  alt="${escapeHtml(title)}"\n>`,
  React: (home, attributes) => `// React 19 moves the script to the page's head, once.
export function Digits() {
  return (
    <>
      <script type="module" async src="${home}embed/latent-interpolation.js" />
      ${elementTag(attributes).replaceAll('\n', '\n      ')}
    </>
  )
}`,
  Vue: (home, attributes) => `<!-- In index.html: ${scriptTag(home)}
     In the compiler's options: isCustomElement: tag => tag === 'latent-interpolation' -->
<template>
  ${elementTag(attributes).replaceAll('\n', '\n  ')}
</template>`,
  Svelte: (home, attributes) => `<svelte:head>
  ${scriptTag(home)}
</svelte:head>

${elementTag(attributes)}`,
}
/** The name of a snippet, such as HTML or React. */
export type SnippetName = keyof typeof SNIPPETS

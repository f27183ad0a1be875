/** An element's attributes by name; one that is on by being there has the value ''. */
export type Attributes = Readonly<Record<string, string>>

const markup = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const written = (attributes: Attributes) =>
  Object.entries(attributes).map(([name, value]) => (value === '' ? name : `${name}="${markup(value)}"`))

function element(attributes: Attributes, inner = ''): string {
  const all = written(attributes)
  const inline = `<latent-interpolation ${all.join(' ')}>`
  const open = inline.length > 90 ? `<latent-interpolation\n  ${all.join('\n  ')}\n>` : inline
  return `${open}${inner}</latent-interpolation>`
}

const script = (home: string) => `<script type="module" src="${home}embed/latent-interpolation.js"></script>`

/** Characters that a query may hold as they are, so that an address can be read. */
const readable = (query: URLSearchParams) =>
  String(query)
    .replace(/%3A/g, ':')
    .replace(/%2C/g, ',')
    .replace(/%3B/g, ';')
    .replace(/=(?=&|$)/g, '')

/** The address of the page that a frame shows. @param home the server's address, with a slash at its end */
export function frameUrl(home: string, attributes: Attributes): string {
  return `${home}embed?${readable(new URLSearchParams(attributes))}`
}

/** The address of an animation of the same way. */
export function animationUrl(home: string, attributes: Attributes): string {
  const { model, from, to, corners, steps = '17', path, scale = '8' } = attributes
  const [a, b, c, d] = corners?.split(';') ?? []
  const query = new URLSearchParams({
    ...(corners ? { from: a, via: `${b};${c};${d}`, to: a } : { from, to }),
    steps,
    ...(path && { path }),
    scale,
    format: 'apng',
  })
  return `${home}v1/models/${model}/interpolate?${readable(query)}`
}

/** CSS pixels of the picture, and below it of the bar with its gap. */
const SIDE = 28
const BAR = 48

/** Ways to put an element on a page, by name: the code to copy. */
export const CODES: Record<
  string,
  (home: string, attributes: Attributes, title: string, inner?: string) => string
> = {
  HTML: (home, attributes, _, inner) => `${script(home)}\n${element(attributes, inner)}`,
  iframe(home, attributes, title) {
    const side = SIDE * Number(attributes.scale ?? 8)
    const height = side + (attributes.controls === undefined ? 0 : BAR)
    const src = markup(frameUrl(home, attributes))
    return `<iframe\n  src="${src}"\n  width="${side}" height="${height}" title="${markup(title)}"\n  style="border: 0" loading="lazy" sandbox="allow-scripts"\n></iframe>`
  },
  img: (home, attributes, title) =>
    `<img\n  src="${markup(animationUrl(home, attributes))}"\n  alt="${markup(title)}"\n>`,
  React: (home, attributes) => `// React 19 puts the script in the page's head, once.
export function Digits() {
  return (
    <>
      <script type="module" async src="${home}embed/latent-interpolation.js" />
      ${element(attributes).replaceAll('\n', '\n      ')}
    </>
  )
}`,
  Vue: (home, attributes) => `<!-- In index.html: ${script(home)}
     In the compiler's options: isCustomElement: tag => tag === 'latent-interpolation' -->
<template>
  ${element(attributes).replaceAll('\n', '\n  ')}
</template>`,
  Svelte: (home, attributes) => `<svelte:head>
  ${script(home)}
</svelte:head>

${element(attributes)}`,
}

import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { escapeHtml, htmlDocument } from '../../../models/html.ts'

/** A model to embed, and how to show it. */
export interface OfflineOptions {
  /** A model's folder with card.json and decoder.onnx, or its URL: https://HOST/v1/models/ID. */
  model: string
  /** Another decoder.onnx with the same shape, as one with int8 weights. */
  decoder?: string
  /** The element's attributes besides `model`: from and to, corners or text, and any other; a flag has the value ''. */
  attributes: Readonly<Record<string, string>>
  /** Title of the page. */
  title?: string
}

/** The members of a card that the element reads. */
interface Card {
  id: string
  version: string
  architecture: unknown
  prior: unknown
  latent: unknown
  density?: unknown
  dataset: { name: string; width: number; height: number; classes: string[]; polarity?: string }
}

/**
 * Writes a page of one file that shows an interpolation without any server, from a disk for instance.
 *
 * @returns HTML with the element's script, the model and the attributes
 * @throws Error when the model cannot be read
 */
export async function offlinePage(options: OfflineOptions): Promise<string> {
  const { title = 'One image turning into another', attributes } = options
  const { card, script } = await load(options)
  const written = Object.entries({ model: card.id, ...attributes }).map(([name, value]) =>
    value === '' ? name : `${name}="${escapeHtml(value)}"`,
  )
  return htmlDocument({
    title,
    head: '<style>body{display:grid;place-items:center;min-height:100vh;margin:0;font:16px/1.4 system-ui,sans-serif}</style>',
    body: `<latent-interpolation ${written.join(' ')}></latent-interpolation>
<script>
${script}</script>`,
  })
}

/**
 * Writes a script that registers the element with an embedded model. A page that loads it shows the model in elements
 * with its id.
 */
export async function offlineScript(options: Pick<OfflineOptions, 'model' | 'decoder'>): Promise<string> {
  return (await load({ ...options, attributes: {} })).script
}

async function load(options: OfflineOptions): Promise<{ card: Card; script: string }> {
  const { model, decoder, attributes } = options
  const read = (name: string) =>
    readBytes(/^https?:/.test(model) ? `${model}/${name}` : path.join(model, name))
  const full = JSON.parse(new TextDecoder().decode(await read('card.json'))) as Card
  const weights = decoder ? await readBytes(decoder) : await read('decoder.onnx')
  const card = shortenCard(full, attributes)
  const data = JSON.stringify([{ card, decoder: Buffer.from(weights).toString('base64') }])
  const element = await readFile(new URL(/* @vite-ignore */ './offline-element.js', import.meta.url), 'utf8')
  // In HTML, "</script" and "<!--" inside a script would end or change it.
  const models = data.replaceAll('<', '\\u003c')
  const code = element.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')
  return { card, script: `globalThis.latentInterpolationModels=${models};\n${code}` }
}

/** The members that the element reads; the density, which is large, only if a seed draws from it. */
function shortenCard(card: Card, attributes: OfflineOptions['attributes']): Card {
  const { id, version, architecture, prior, latent, density } = card
  const { name, width, height, classes, polarity } = card.dataset
  const { from = '', to = '', corners = '' } = attributes
  const isWritten = attributes.text !== undefined
  const isFixed = isWritten || (from + to + corners !== '' && !`${from};${to};${corners}`.includes('seed:'))
  return {
    id,
    version,
    architecture,
    prior,
    latent,
    ...(density ? { density: isFixed ? null : density } : {}),
    dataset: { name, width, height, classes, ...(polarity && { polarity }) },
  }
}

async function readBytes(source: string): Promise<Uint8Array> {
  if (!/^https?:/.test(source)) return readFile(source)
  const response = await fetch(source)
  if (!response.ok) throw new Error(`${source}: expected status 200, got ${response.status}`)
  return new Uint8Array(await response.arrayBuffer())
}

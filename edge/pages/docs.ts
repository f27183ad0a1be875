import type { Card } from '../../models/card.ts'
import { escapeHtml, htmlDocument } from '../../models/html.ts'
import { cardTitle } from '../../models/model-title.ts'
import type { ModelCatalog } from '../catalog/model-catalog.ts'
import { readableModels } from '../catalog/readable-models.ts'
import { FORMATS } from '../http/negotiate-format.ts'
import { PROBLEMS } from '../http/problem.ts'
import { htmlReply, type Reply } from '../http/reply.ts'
import { LIMITS } from '../limits.ts'
import { OPERATIONS } from '../operations/index.ts'
import type { Example, Operation } from '../operations/operation.ts'
import { startSection } from './docs-start.ts'
import { STYLE } from './docs-style.ts'
import type { ApiDocument } from './openapi/document.ts'

/**
 * The documentation as one page. It loads only example pictures, from this API.
 *
 * @param origin the scheme and host of the API, for commands to copy
 * @param api the API's OpenAPI description, from which the tables of parameters are made
 */
export async function docsReply(origin: string, catalog: ModelCatalog, api: ApiDocument): Promise<Reply> {
  const id = await catalog.defaultId()
  const card = readableModels(await catalog.list()).find(each => each.id === id)?.card
  const html = htmlDocument({
    title: 'latent-edge API',
    head: `<style>${STYLE}</style>`,
    body: `<nav aria-label="Contents"><a class="home" href="/">latent-edge</a>${contents()}</nav>
<main>
${introduction(origin)}
${OPERATIONS.map(operation => section(operation, origin, card, api)).join('\n')}
${modelsSection(origin, card)}
${limitsSection()}
${problemsSection()}
</main>`,
  })
  const policy =
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; frame-ancestors 'self'"
  return htmlReply(html, policy)
}

function contents(): string {
  const names = OPERATIONS.map(({ name }) => `<a href="#${name}">${name}</a>`)
  const rest = ['models', 'limits', 'problems'].map(id => `<a href="#${id}">${id}</a>`)
  return `<div>${names.join('')}</div><div>${rest.join('')}<a href="/openapi.json">openapi.json</a><a href="/convert/">TF.js to ONNX</a></div>`
}

function introduction(origin: string): string {
  return `<header>
<h1>Images from a URL</h1>
<p>Every operation below is an address under <code>/v1/models/{model}/</code>. The same address gives the same bytes, so
replies can be linked, embedded and cached. No key is needed unless the operator of this server asks for one.
Paste one of these:</p>
${startSection(origin)}
<h2 id="conventions">Conventions</h2>
<dl>
<dt>Format</dt><dd>Set by <code>format=</code>, or without it by <code>Accept</code>: ${Object.entries(
    FORMATS,
  )
    .map(([name, type]) => `<code>${name}</code>&nbsp;(${type})`)
    .join(', ')}. <code>f32</code> is raw little-endian float32 with its shape in <code>X-Shape</code>.</dd>
<dt>Seed</dt><dd>The same model version, seed and parameters give the same latent, bit for bit, on every server
and in the browser.
If no seed is given, one is drawn: <code>X-Seed</code> states it, and <code>Content-Location</code> is the URL that returns
this reply again.</dd>
<dt>Version</dt><dd><code>{model}</code> is an id, <code>id@version</code>, or <code>default</code>. Pinned replies never change and may be
cached forever; others are revalidated after a minute by their <code>ETag</code>.</dd>
<dt>Endpoints</dt><dd>A point of the latent space is <code>seed:7</code>, <code>class:3</code> (index or name) or
<code>z:0.5,-1.2</code>. <code>class:3@seed:5</code> is a class in a style: in a conditional model, a seed gives the same
handwriting in every class.</dd>
<dt>Pictures</dt><dd>8-bit grey PNG, black 0 and white 1, enlarged by <code>scale=</code> without smoothing.</dd>
</dl>
${command(`curl -o digits.png '${origin}/v1/models/default/sample?n=16&seed=7'`)}
</header>`
}

/** @param card of the default model, which the examples fit; none are shown without */
function section(operation: Operation, origin: string, card: Card | undefined, api: ApiDocument): string {
  const { name, summary, description, methods, formats } = operation
  return `<section id="${name}">
<h2>${escapeHtml(summary)}</h2>
<p class="route">${methods.map(method => `<b>${method.toUpperCase()}</b>`).join(' ')} <code>/v1/models/{model}/${name}</code></p>
<p>${inline(description)}</p>
<p>Formats: <code>${formats.join('</code> <code>')}</code>.${bodyTypes(api, name)}</p>
${parameterTable(api, name, methods[0])}
${
  card
    ? operation
        .examples(card)
        .map(example => exampleBlock(name, example, origin))
        .join('\n')
    : ''
}
</section>`
}

interface Described {
  name: string
  in: string
  description?: string
  schema: { type?: string; minimum?: number; maximum?: number; default?: unknown; enum?: string[] }
}

function describedPath({ paths = {} }: ApiDocument, name: string, method: 'get' | 'post') {
  return paths[`/v1/models/{model}/${name}`]?.[method]
}

function bodyTypes(api: ApiDocument, name: string): string {
  const body = describedPath(api, name, 'post')?.requestBody as
    | { content: Record<string, unknown> }
    | undefined
  if (!body) return ''
  return ` A POST takes <code>${Object.keys(body.content).join('</code> <code>')}</code>.`
}

function parameterTable(api: ApiDocument, name: string, method: 'get' | 'post'): string {
  const parameters = (describedPath(api, name, method)?.parameters ?? []) as unknown as Described[]
  const rows = parameters
    .filter(parameter => parameter.in === 'query')
    .map(({ name, schema, description }) => {
      const preset = schema.default === undefined ? '' : `<code>${escapeHtml(String(schema.default))}</code>`
      return `<tr><th scope="row"><code>${name}</code></th><td>${valuesOf(schema)}</td><td>${preset}</td><td>${inline(description ?? '')}</td></tr>`
    })
  return `<div class="wide"><table><thead><tr><th>Parameter</th><th>Values</th><th>Default</th><th></th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>`
}

function valuesOf({ type, minimum, maximum, enum: choices }: Described['schema']): string {
  if (choices) return choices.map(choice => `<code>${choice}</code>`).join(' ')
  if (type === 'boolean') return '<code>true</code> <code>false</code>'
  const range = minimum !== undefined && maximum !== undefined ? `${minimum} … ${maximum}` : ''
  return type === 'integer' ? `integer, ${range}` : type === 'number' ? range : 'text'
}

function exampleBlock(name: string, example: Example, origin: string): string {
  const path = `/v1/models/default/${name}?${example.query}`
  const save = example.save ? `-o ${example.save} ` : ''
  const line = `curl ${save}${example.send ? `${example.send} ` : ''}'${origin}${path}'`
  const shown = !example.send && example.save?.endsWith('.png')
  const picture = shown
    ? `<a href="${escapeHtml(path)}"><img loading="lazy" alt="${escapeHtml(example.title)}" src="${escapeHtml(path)}"></a>`
    : ''
  return `<figure><figcaption>${escapeHtml(example.title)}</figcaption>${command(line)}${picture}</figure>`
}

function modelsSection(origin: string, card: Card | undefined): string {
  return `<section id="models">
<h2>Models</h2>
<div class="wide"><table><tbody>
<tr><th scope="row"><code>/v1/models</code></th><td>Every model, by id, with its pinned address; <code>default</code> is the one that the id <code>default</code> stands for${card ? `, now <code>${card.id}</code> (${escapeHtml(cardTitle(card))})` : ''}.</td></tr>
<tr><th scope="row"><code>/v1/models/{model}</code></th><td>A model’s card: what it is, how it was trained, its metrics with their units, its files and their SHA-256.</td></tr>
<tr><th scope="row"><code>/v1/models/{model}/encoder.onnx</code><br><code>/v1/models/{model}/decoder.onnx</code></th><td>The model itself, ONNX.</td></tr>
<tr><th scope="row"><code>/healthz</code></th><td>200 while the server is alive.</td></tr>
<tr><th scope="row"><code>/readyz</code></th><td>200 once a model decodes; <code>incidents</code> names versions that should be served but cannot be.</td></tr>
</tbody></table></div>
${command(`curl '${origin}/v1/models'`)}
${command(`curl -o decoder.onnx '${origin}/v1/models/default/decoder.onnx'`)}
</section>`
}

function limitsSection(): string {
  const rows: [string, string][] = [
    ['Images of one sample or list of latents', `${LIMITS.images}`],
    ['Steps and stops of an interpolation', `${LIMITS.steps} and ${LIMITS.stops}`],
    ['Grid', `${LIMITS.gridSide} × ${LIMITS.gridSide}`],
    ['Characters of a written text', `${LIMITS.textLength}`],
    ['Posted images and bytes', `${LIMITS.postedImages} and ${LIMITS.bodyBytes / 2 ** 20} MiB`],
    [
      'A posted picture',
      `${LIMITS.pictureSide} × ${LIMITS.pictureSide} pixels; a JPEG ${LIMITS.jpegScans} scans`,
    ],
    ['Pixels of a returned picture, frames together', `${LIMITS.answerPixels / 1e6} million`],
    ['A latent coordinate', `±${LIMITS.coordinate}`],
  ]
  const body = rows.map(([what, most]) => `<tr><th scope="row">${what}</th><td>${most}</td></tr>`)
  return `<section id="limits"><h2>Limits</h2>
<p>These limits are checked before any work is done. The request rate of each client is limited; a request
counts once for each 16 images that it asks for
or each 128 × 1024 pixels that it posts, whichever is more. <code>RateLimit-Policy</code> states the limit, and a refusal (429)
says in <code>Retry-After</code> when to try again.</p>
<div class="wide"><table><tbody>${body.join('\n')}</tbody></table></div></section>`
}

function problemsSection(): string {
  const rows = Object.entries(PROBLEMS).map(
    ([code, { status, title }]) =>
      `<tr id="${code}"><th scope="row"><code>${code}</code></th><td>${status}</td><td>${title}.</td></tr>`,
  )
  return `<section id="problems"><h2>Problems</h2>
<p>An error is <code>application/problem+json</code> (RFC 9457). <code>code</code> is for programs, <code>detail</code>
for people; <code>errors</code> names each wrong value: its place (<code>in</code>), its <code>field</code>, what
was <code>expected</code> and what it <code>got</code>.</p>
<div class="wide"><table><tbody>${rows.join('\n')}</tbody></table></div></section>`
}

function command(line: string): string {
  return `<pre><code>${escapeHtml(line)}</code></pre>`
}

/** Text with `code` in backticks. */
function inline(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>')
}

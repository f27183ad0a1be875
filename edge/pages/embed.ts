import { escapeHtml, htmlDocument } from '../../models/html.ts'
import { cardTitle } from '../../models/model-title.ts'
import type { ModelCatalog } from '../catalog/model-catalog.ts'
import { COMMON_HEADERS } from '../http/headers.ts'
import { PROBLEMS, toProblem } from '../http/problem.ts'
import { htmlReply, type Reply } from '../http/reply.ts'
import type { RequestHead } from '../http/request-head.ts'
import {
  animationOf,
  attributesOf,
  type EmbedOptions,
  previewStill,
  readEmbedOptions,
  sizeOf,
  stillOf,
  titleOf,
} from './embed-options.ts'
import { previewTags } from './opengraph.ts'

/** The path of the element's script. */
export const SCRIPT = '/embed/latent-interpolation.js'
const ABOUT = 'One image turns into another along a path through the latent space of an autoencoder.'

/**
 * The element alone on a page, for an iframe, with its options in the query. Without any, a redirect to the gallery.
 *
 * The page needs only permission to run its own script; without that, it shows an animation.
 */
export async function embedReply(catalog: ModelCatalog, head: RequestHead): Promise<Reply> {
  const url = new URL(head.target, head.origin())
  if (url.search === '') {
    return { status: 302, headers: { ...COMMON_HEADERS, location: '/embed/' }, body: null }
  }
  try {
    const options = await readEmbedOptions(url.searchParams, catalog)
    return htmlReply(page(options, url.href), policy(url.origin))
  } catch (error) {
    const problem = toProblem(error)
    if (problem.code === 'internal') throw error
    const { status, title } = PROBLEMS[problem.code]
    const reply = htmlReply(errorPage(title, problem.message), policy(url.origin))
    return {
      ...reply,
      status,
      headers: { ...reply.headers, ...problem.headers, 'cache-control': 'no-store' },
    }
  }
}

/**
 * The page's Content-Security-Policy. It names the origin as well as 'self', because in a sandboxed iframe, whose origin
 * is opaque, WebKit matches 'self' with no server and would block the script. It has no frame-ancestors, because even
 * `frame-ancestors *` excludes pages opened from files and from applications with their own schemes.
 */
const policy = (origin: string) =>
  [
    "default-src 'none'",
    `script-src 'self' ${origin}`,
    "style-src 'unsafe-inline'",
    `connect-src 'self' ${origin}`,
    `img-src 'self' ${origin}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')

function page(options: EmbedOptions, url: string): string {
  const { query, card } = options
  const title = titleOf(options)
  const { width, height } = sizeOf(options)
  const attributes = Object.entries(attributesOf(options))
    .map(([name, value]) => (value === '' ? name : `${name}="${escapeHtml(value)}"`))
    .join(' ')
  const still = { ...previewStill(stillOf(options)), alt: `${title}, step by step` }
  const animation = `<img src="${escapeHtml(animationOf(options))}" alt="${escapeHtml(title)}">`
  const style = STYLE.replace('SHAPE', `${width} / ${height}`).replace('BAR', query.controls ? '3rem' : '0px')
  return htmlDocument({
    title: `${title} · ${cardTitle(card)}`,
    scheme: query.theme === 'auto' ? 'light dark' : query.theme,
    head: `<style>${style}</style>
${previewTags({ url, title: `${title} · ${cardTitle(card)}`, description: ABOUT, still })}
<script type="module" src="${SCRIPT}"></script>`,
    body: `<main>
<latent-interpolation ${attributes}></latent-interpolation>
<noscript>${animation}</noscript>
</main>`,
  })
}

/** The element as large as the frame allows, centred. */
const STYLE = `html,body,main{height:100%;margin:0}
main{display:grid;place-items:center;overflow:hidden;font:16px/1.4 ui-sans-serif,system-ui,sans-serif}
latent-interpolation,noscript img{--latent-size:min(100vw,(100vh - BAR)*SHAPE)}
noscript img{display:block;width:var(--latent-size);image-rendering:pixelated}
latent-interpolation:not(:defined){display:none}
latent-interpolation::part(bar){padding:0 .4rem}
p{max-width:34rem;padding:1rem;overflow-wrap:anywhere}`

function errorPage(title: string, detail: string): string {
  return htmlDocument({
    title,
    head: `<meta name="robots" content="noindex">\n<style>${STYLE}</style>`,
    body: `<main>\n<p><strong>${escapeHtml(title)}.</strong> ${escapeHtml(detail)}</p>\n</main>`,
  })
}

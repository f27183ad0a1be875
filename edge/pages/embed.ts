import type { Models } from '../catalog/models.ts'
import { PAGE_HEADERS } from '../http/headers.ts'
import { PROBLEMS, toProblem } from '../http/problem.ts'
import { escapeHtml } from './docs.ts'
import { animationOf, attributesOf, type Piece, readPiece, stillOf, titleOf } from './embed-options.ts'
import { previewTags } from './opengraph.ts'

/** What the element's script is called, below the server's address. */
export const SCRIPT = '/embed/latent-interpolation.js'
const ABOUT = 'One image turns into another along a way through the latent space of an autoencoder.'

/**
 * The element alone on a page, for an iframe: the same options as a query. Without any, it leads to the gallery.
 *
 * It asks nothing of the frame but to run its own script; where that is not allowed either, an animation stands there.
 */
export async function embedPage(models: Models, address: string): Promise<Response> {
  const url = new URL(address)
  if (url.search === '') return Response.redirect(new URL('/embed/', url).href, 302)
  try {
    const piece = await readPiece(url.searchParams, models)
    return answer(200, page(piece, url.href))
  } catch (error) {
    const problem = toProblem(error)
    if (problem.code === 'internal') throw error
    return answer(PROBLEMS[problem.code].status, refusal(PROBLEMS[problem.code].title, problem.message))
  }
}

// No frame-ancestors: its * would leave out pages from files and from applications with schemes of their own.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'unsafe-inline'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

function answer(status: number, html: string): Response {
  return new Response(html, {
    status,
    headers: {
      ...PAGE_HEADERS,
      'content-security-policy': POLICY,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': status === 200 ? 'public, max-age=60, must-revalidate' : 'no-store',
    },
  })
}

function page(piece: Piece, url: string): string {
  const { query, card } = piece
  const title = titleOf(piece)
  const { width, height } = card.dataset
  const attributes = Object.entries(attributesOf(piece))
    .map(([name, value]) => (value === '' ? name : `${name}="${escapeHtml(value)}"`))
    .join(' ')
  const still = { ...stillOf(piece), alt: `${title}, step by step` }
  const animation = `<img src="${escapeHtml(animationOf(piece))}" alt="${escapeHtml(title)}">`
  const style = STYLE.replace('SHAPE', `${width} / ${height}`).replace('BAR', query.controls ? '3rem' : '0px')
  return frame(
    `${title} · ${card.id}`,
    query.theme === 'auto' ? 'light dark' : query.theme,
    `<style>${style}</style>
${previewTags({ url, title: `${title} · ${card.id}`, description: ABOUT, still })}
<script type="module" src="${SCRIPT}"></script>`,
    `<latent-interpolation ${attributes}></latent-interpolation>
<noscript>${animation}</noscript>`,
  )
}

/** As large as the frame allows, in the middle. */
const STYLE = `html,body,main{height:100%;margin:0}
main{display:grid;place-items:center;overflow:hidden;font:16px/1.4 ui-sans-serif,system-ui,sans-serif}
latent-interpolation,noscript img{--latent-size:min(100vw,(100vh - BAR)*SHAPE)}
noscript img{display:block;width:var(--latent-size);image-rendering:pixelated}
latent-interpolation:not(:defined){display:none}
latent-interpolation::part(bar){padding:0 .4rem}
p{max-width:34rem;padding:1rem;overflow-wrap:anywhere}`

function refusal(title: string, detail: string): string {
  return frame(
    title,
    'light dark',
    `<meta name="robots" content="noindex">\n<style>${STYLE}</style>`,
    `<p><strong>${escapeHtml(title)}.</strong> ${escapeHtml(detail)}</p>`,
  )
}

function frame(title: string, scheme: string, head: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${scheme}">
<title>${escapeHtml(title)}</title>
${head}
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`
}

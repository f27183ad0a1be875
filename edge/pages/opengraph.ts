import { escapeHtml } from '../../models/html.ts'
import type { Still } from './embed-options.ts'

/** The preview that other sites show for a link to a page. */
export interface Preview {
  /** The page's address. */
  url: string
  title: string
  description: string
  still: Still & { alt: string }
}

/** Open Graph tags, Twitter's for a large picture, and links for oEmbed discovery. */
export function previewTags({ url, title, description, still }: Preview): string {
  const { origin } = new URL(url)
  const property = (name: string, content: string | number) =>
    `<meta property="og:${name}" content="${escapeHtml(String(content))}">`
  const discovery = (format: string, type: string) => {
    const href = `${origin}/oembed?${new URLSearchParams({ url, format })}`
    return `<link rel="alternate" type="${type}" href="${escapeHtml(href)}" title="${escapeHtml(title)}">`
  }
  return [
    property('type', 'website'),
    property('site_name', 'latent-edge'),
    property('url', url),
    property('title', title),
    property('description', description),
    property('image', origin + still.path),
    property('image:type', 'image/png'),
    property('image:width', still.width),
    property('image:height', still.height),
    property('image:alt', still.alt),
    '<meta name="twitter:card" content="summary_large_image">',
    discovery('json', 'application/json+oembed'),
    discovery('xml', 'text/xml+oembed'),
  ].join('\n')
}

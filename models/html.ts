/**
 * Escapes text for HTML or XML, in an element's content or in an attribute's quotes. hono/html is not used, because it is
 * part of the server's framework, and reports, packages and the load tool write HTML without it.
 */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/** The parts of a page. `head` and `body` are HTML, `title` is text. */
export interface HtmlDocument {
  title: string
  /** The color schemes that the page supports, both by default. */
  scheme?: string
  head: string
  body: string
}

/** A whole page in English. */
export function htmlDocument({ title, scheme = 'light dark', head, body }: HtmlDocument): string {
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
${body}
</body>
</html>
`
}

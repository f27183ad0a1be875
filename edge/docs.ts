export function docsPage(_: unknown) {
  return new Response('x')
}

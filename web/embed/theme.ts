/**
 * Whether an element stands on a dark page. Its inherited text colour tells: light text is on dark. That follows the
 * page however it turns dark, and stays light with a page that never does.
 */
export function isDark(element: Element): boolean {
  return lightness(getComputedStyle(element).color) > 0.6
}

/** The lightness, 0 to 1, of a colour in a notation that computed styles use. */
function lightness(colour: string): number {
  const [a = 0, b = 0, c = 0] = (colour.replace(/color\(\S+/, '').match(/[\d.]+/g) ?? []).map(Number)
  if (colour.startsWith('ok')) return a
  if (colour.startsWith('l')) return a / 100
  return (0.3 * a + 0.59 * b + 0.11 * c) / (colour.startsWith('rgb') ? 255 : 1)
}

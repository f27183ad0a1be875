/**
 * Whether an element is on a dark background, judged by the text colour that it inherits: light text is on dark. This
 * follows every way in which a page turns dark, and stays light on a page without a dark theme.
 */
export function isOnDark(element: Element): boolean {
  return lightness(getComputedStyle(element).color) > 0.6
}

/** The lightness, 0 to 1, of a colour as `getComputedStyle` writes it. */
function lightness(colour: string): number {
  const [a = 0, b = 0, c = 0] = (colour.replace(/color\(\S+/, '').match(/[\d.]+/g) ?? []).map(Number)
  if (colour.startsWith('ok')) return a
  if (colour.startsWith('l')) return a / 100
  return (0.3 * a + 0.59 * b + 0.11 * c) / (colour.startsWith('rgb') ? 255 : 1)
}

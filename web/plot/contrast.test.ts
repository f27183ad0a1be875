import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { contourOpacity, POINT_OPACITY } from './plane/plane-backdrop.ts'
import { CLASS_COLOURS } from './theme.ts'

type Colour = [red: number, green: number, blue: number]

const css = readFileSync(new URL('../styles/tokens.css', import.meta.url), 'utf8')
const [forLight, forDark] = css.split('@media (prefers-color-scheme: dark)')

/** The colours of a style sheet by name, 0 to 1. */
function coloursOf(text: string): Record<string, Colour> {
  const found = [...text.matchAll(/--([\w-]+): #([0-9a-f]{6});/g)]
  return Object.fromEntries(
    found.map(([, name, hex]) => [
      name,
      [0, 2, 4].map(i => Number.parseInt(hex.slice(i, i + 2), 16) / 255) as Colour,
    ]),
  )
}

/** Relative luminance and contrast ratio of WCAG 2.2. */
function luminance(colour: Colour): number {
  const [r, g, b] = colour.map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
function contrast(a: Colour, b: Colour): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

/** A colour of some opacity over another. */
const over = (top: Colour, opacity: number, under: Colour) =>
  top.map((value, i) => opacity * value + (1 - opacity) * under[i]) as Colour

describe.each([
  ['light', coloursOf(forLight)],
  ['dark', { ...coloursOf(forLight), ...coloursOf(forDark) }],
])('on a %s page', (_, colours) => {
  const grounds = [colours.paper, colours.tile]

  test('the points of every class have a contrast of 3 to the page', () => {
    for (let i = 0; i < CLASS_COLOURS; i++) {
      const colour = colours[`class-${i}`]
      for (const ground of grounds) {
        expect(contrast(over(colour, POINT_OPACITY, ground), ground), `class ${i}`).toBeGreaterThanOrEqual(3)
      }
    }
  })

  test('contours, bars, borders of controls and the focus ring have a contrast of 3', () => {
    const contours = [1, 2, 3].map(sigma => over(colours.ink, contourOpacity(sigma), colours.paper))
    for (const colour of [...contours, colours.edge, colours.focus]) {
      expect(contrast(colour, colours.paper)).toBeGreaterThanOrEqual(3)
    }
  })

  test('text has a contrast of 4.5', () => {
    for (const text of [colours.ink, colours.soft]) {
      for (const ground of grounds) expect(contrast(text, ground)).toBeGreaterThanOrEqual(4.5)
    }
  })
})

/** The colours that canvases draw with, read from the style sheet so that both follow the same light or dark. */
export interface Theme {
  /** Another one whenever what was drawn with the last theme is no longer good. */
  version: number
  ink: string
  soft: string
  faint: string
  line: string
  paper: string
  /** One a class, repeated where there are more classes than colours. */
  classes: string[]
  /** Paper to ink in 256 steps, as RGB triples. */
  ramp: Uint8ClampedArray
}

export const CLASS_COLOURS = 10

let theme: Theme | undefined
let version = 0

/** Calls `listener` when everything must be drawn again: light turned dark or back, or canvases were lost with a GPU. */
export function onThemeChange(listener: () => void): void {
  const change = () => {
    theme = undefined
    listener()
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', change)
  // It does not bubble, but is caught on its way down.
  document.addEventListener('contextrestored', change, { capture: true })
}

export function currentTheme(): Theme {
  if (theme) return theme
  const style = getComputedStyle(document.documentElement)
  const read = (name: string) => style.getPropertyValue(name).trim()
  const paper = parseHex(read('--tile'))
  const ink = parseHex(read('--ink'))
  const ramp = new Uint8ClampedArray(256 * 3)
  for (let v = 0; v < 256; v++) {
    for (let c = 0; c < 3; c++) ramp[v * 3 + c] = paper[c] + ((ink[c] - paper[c]) * v) / 255
  }
  theme = {
    version: ++version,
    ink: read('--ink'),
    soft: read('--soft'),
    faint: read('--faint'),
    line: read('--line'),
    paper: read('--paper'),
    classes: Array.from({ length: CLASS_COLOURS }, (_, i) => read(`--class-${i}`)),
    ramp,
  }
  return theme
}

function parseHex(colour: string): [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

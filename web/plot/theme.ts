/** The colours that canvases draw with, read from the style sheet so that both follow the same light or dark. */
export interface Theme {
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
const dark = matchMedia('(prefers-color-scheme: dark)')
dark.addEventListener('change', () => {
  theme = undefined
})

/** Calls `listener` when light turns dark or back. */
export function onThemeChange(listener: () => void): void {
  dark.addEventListener('change', listener)
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

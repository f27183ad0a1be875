/**
 * Colours and text size for canvases, read from the style sheet so that pages and canvases have the same. Whatever was
 * drawn with another object than the present one must be redrawn.
 */
export interface Theme {
  ink: string
  soft: string
  faint: string
  line: string
  /** Colour of bars and of controls' borders, with a contrast of at least 3 to the paper. */
  edge: string
  paper: string
  /** The classes' colours, `CLASS_COLOURS` of them: more classes repeat them. */
  classes: string[]
  /** The page's text size divided by its normal 15 pixels: readers and wide screens enlarge it. */
  textScale: number
  /** The colours from paper to ink in 256 steps, as RGB triples. */
  ramp: Uint8ClampedArray
}

/** Number of class colours in the style sheet. */
export const CLASS_COLOURS = 10

/**
 * Calls `listener` when the theme must be read again and everything be redrawn: after a change of colours or text size,
 * or after canvases were lost with a GPU.
 */
export function onThemeChange(listener: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', listener)
  onTextSize(listener)
  // This event does not bubble, but reaches listeners of the capture phase.
  document.addEventListener('contextrestored', listener, { capture: true })
}

/**
 * Calls `listener` when the size of the page's text changes: by the page's own style sheet, which gives wide screens
 * larger text, or by another, such as a reader's, of which no event tells. An element as wide as the text is large does.
 */
function onTextSize(listener: () => void): void {
  const probe = document.createElement('div')
  Object.assign(probe.style, { position: 'absolute', width: '1rem', visibility: 'hidden' })
  document.body.append(probe)
  const measure = () => probe.getBoundingClientRect().width
  let width = measure()
  new ResizeObserver(() => {
    if (measure() === width) return
    width = measure()
    listener()
  }).observe(probe)
}

/** Reads the theme from the style sheet, which makes the browser compute styles: call it once for each change. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement)
  const read = (name: string) => style.getPropertyValue(name).trim()
  const paper = parseHex(read('--tile'))
  const ink = parseHex(read('--ink'))
  const ramp = new Uint8ClampedArray(256 * 3)
  for (let v = 0; v < 256; v++) {
    for (let c = 0; c < 3; c++) ramp[v * 3 + c] = paper[c] + ((ink[c] - paper[c]) * v) / 255
  }
  return {
    ink: read('--ink'),
    soft: read('--soft'),
    faint: read('--faint'),
    line: read('--line'),
    edge: read('--edge'),
    paper: read('--paper'),
    textScale: Number.parseFloat(style.fontSize) / 15,
    classes: Array.from({ length: CLASS_COLOURS }, (_, i) => read(`--class-${i}`)),
    ramp,
  }
}

function parseHex(colour: string): [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

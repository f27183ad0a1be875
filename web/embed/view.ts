import type { Options } from './attributes.ts'
import css from './element.css?inline'

/** The nodes of an element's shadow tree that change. */
export interface View {
  box: HTMLElement
  stage: HTMLElement
  canvas: HTMLCanvasElement
  /** Along the path or across the square, and down the square: percent. */
  across: HTMLInputElement
  down: HTMLInputElement
  button: HTMLButtonElement
  bar: HTMLElement
  /** What stands at the ends of the bar. */
  ends: readonly [HTMLElement, HTMLElement]
  trace: HTMLElement
  spot: HTMLElement
  fallback: HTMLElement
}

let sheet: CSSStyleSheet | undefined

/**
 * Builds the shadow tree. Its style sheet is a constructed one and no markup is parsed, so that a Content Security Policy
 * without inline styles, or with Trusted Types, has nothing to refuse.
 */
export function createView(root: ShadowRoot): View {
  if (!sheet) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
  }
  root.adoptedStyleSheets = [sheet]
  const slot = (name: string, ...children: Node[]) => make('slot', { name }, ...children)
  const part = (name: string, ...children: Node[]) => make('div', { class: name, part: name }, ...children)
  const slider = () =>
    make('input', { type: 'range', min: '0', max: '100', step: 'any', value: '0', part: 'slider' })
  const notice = part('notice')
  notice.textContent = 'This picture cannot be shown just now.'
  const view: View = {
    canvas: make('canvas', { part: 'image', width: '28', height: '28', 'aria-hidden': 'true' }),
    across: slider(),
    down: slider(),
    button: make('button', { type: 'button', part: 'button' }),
    ends: [make('span', { part: 'end' }), make('span', { part: 'end' })],
    trace: part('trace'),
    spot: part('spot'),
    stage: part('stage'),
    bar: part('bar'),
    fallback: part('fallback', slot('fallback', make('slot', {}, notice))),
    box: part('box'),
  }
  view.down.setAttribute('aria-orientation', 'vertical')
  view.stage.append(view.canvas, view.trace, view.spot)
  view.fallback.hidden = true
  view.box.append(view.stage, view.bar, view.fallback, part('caption', slot('caption')))
  view.box.classList.add('waiting')
  root.append(view.box)
  return view
}

function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string>,
  ...children: Node[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag)
  for (const name in attributes) node.setAttribute(name, attributes[name])
  node.append(...children)
  return node
}

/** Arranges the nodes for what was asked for. */
export function arrange(view: View, options: Options, names: readonly string[]): void {
  const { box, stage, bar, across, down, button, ends, trace, spot } = view
  const { autoplay, controls, label, scale } = options
  const square = names.length > 2
  box.classList.toggle('square', square)
  box.style.setProperty('--scale', String(scale))
  bar.hidden = !controls
  trace.hidden = controls || square
  spot.hidden = !square
  button.hidden = !controls && !autoplay
  if (!controls) place(button, stage)
  if (square) {
    place(across, stage)
    place(down, stage)
    if (controls) fill(bar, [button, ends[0]])
    const between = `Between ${names.join(', ')}`
    ends[0].textContent = between
    stage.setAttribute('role', 'group')
    stage.setAttribute('aria-label', label ?? between)
    across.setAttribute('aria-label', `Across, from ${names[0]} to ${names[1]}`)
    down.setAttribute('aria-label', `Down, from ${names[0]} to ${names[3]}`)
    return
  }
  if (controls) fill(bar, [button, ends[0], across, ends[1]])
  else place(across, stage)
  down.remove()
  ends.forEach((end, i) => {
    end.textContent = end.title = names[i]
  })
  stage.removeAttribute('role')
  stage.removeAttribute('aria-label')
  across.setAttribute('aria-label', label ?? `From ${names[0]} to ${names[1]}`)
}

/** Moves a node, unless it is there: a node that moves loses its focus. */
function place(node: Node, parent: Node): void {
  if (node.parentNode !== parent) parent.appendChild(node)
}

function fill(parent: Node & ParentNode, nodes: readonly Node[]): void {
  const { childNodes } = parent
  if (childNodes.length !== nodes.length || nodes.some((node, i) => childNodes[i] !== node)) {
    parent.replaceChildren(...nodes)
  }
}

/** Shows whether it plays. */
export function showPlaying({ box, button }: View, playing: boolean): void {
  box.classList.toggle('playing', playing)
  button.setAttribute('aria-label', playing ? 'Pause' : 'Play')
}

/** Shows where on the path or in the square it is. */
export function showPlace({ box, across, down }: View, t: number, u: number, names: readonly string[]): void {
  box.style.setProperty('--t', String(t))
  box.style.setProperty('--u', String(u))
  const say = (input: HTMLInputElement, at: number, from: string, to: string) => {
    input.value = String(at * 100)
    const percent = Math.round(at * 100)
    const text = percent === 0 ? from : percent === 100 ? to : `${percent} percent from ${from} to ${to}`
    input.setAttribute('aria-valuetext', text)
  }
  say(across, t, names[0], names[1])
  if (names.length > 2) say(down, u, names[0], names[3])
}

/** What an endpoint is called: `class:3` by its name where the classes are known, `seed:7` as "seed 7". */
export function nameStop(text: string, classes: readonly string[] = []): string {
  const [kind, rest] = [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1).trim()]
  if (kind === 'class') return classes[Number(rest)] ?? rest
  if (kind === 'seed') return `seed ${rest}`
  const numbers = rest.split(',').map(Number)
  return numbers.length > 3 ? 'z' : `(${numbers.map(v => +v.toFixed(2)).join(', ')})`
}

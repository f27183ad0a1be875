import type { Options } from '../options/attributes.ts'

/** The nodes of the element's shadow tree that change. Each is also a `part` of the same name. */
export interface ShadowTree {
  box: HTMLElement
  /** The area of the image. */
  stage: HTMLElement
  canvas: HTMLCanvasElement
  /** Slider for t in percent: along the path, or across the square. */
  across: HTMLInputElement
  /** Slider for u in percent: down the square. */
  down: HTMLInputElement
  button: HTMLButtonElement
  bar: HTMLElement
  /** The labels at the bar's ends. */
  ends: readonly [HTMLElement, HTMLElement]
  /** Progress along a path whose bar is hidden. */
  trace: HTMLElement
  /** Marks the position in a square. */
  spot: HTMLElement
  fallback: HTMLElement
}

/** Builds the shadow tree node by node: pages that require Trusted Types would need a policy for markup. */
export function createShadowTree(root: ShadowRoot): ShadowTree {
  const slot = (name: string, ...children: Node[]) => make('slot', { name }, ...children)
  const part = (name: string, ...children: Node[]) => make('div', { class: name, part: name }, ...children)
  const slider = () =>
    make('input', { type: 'range', min: '0', max: '100', step: 'any', value: '0', part: 'slider' })
  const notice = part('notice')
  notice.textContent = 'This image cannot be shown at the moment.'
  const tree: ShadowTree = {
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
  tree.down.setAttribute('aria-orientation', 'vertical')
  tree.stage.append(tree.canvas, tree.trace, tree.spot)
  tree.fallback.hidden = true
  tree.box.append(tree.stage, tree.bar, tree.fallback, part('caption', slot('caption')))
  tree.box.classList.add('waiting')
  root.append(tree.box)
  return tree
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

/** Arranges the nodes for a path (two endpoint names) or a square (four). */
export function arrange(tree: ShadowTree, options: Options, names: readonly string[]): void {
  const { box, stage, bar, button, trace, spot } = tree
  const { autoplay, controls, scale } = options
  const square = names.length > 2
  box.classList.toggle('square', square)
  box.classList.toggle('controls', controls)
  box.style.setProperty('--scale', String(scale))
  bar.hidden = !controls
  trace.hidden = controls || square
  spot.hidden = !square
  button.hidden = !controls && !autoplay
  if (!controls) moveTo(stage, button)
  if (square) arrangeSquare(tree, options, names)
  else arrangePath(tree, options, names)
}

function arrangeSquare(
  { stage, bar, across, down, button, ends }: ShadowTree,
  { controls, label }: Options,
  names: readonly string[],
): void {
  moveTo(stage, across)
  moveTo(stage, down)
  if (controls) setChildren(bar, [button, ends[0]])
  const between = `Between ${names.join(', ')}`
  ends[0].textContent = between
  stage.setAttribute('role', 'group')
  stage.setAttribute('aria-label', label ?? between)
  across.setAttribute('aria-label', `Across, from ${names[0]} to ${names[1]}`)
  down.setAttribute('aria-label', `Down, from ${names[0]} to ${names[3]}`)
}

function arrangePath(
  { stage, bar, across, down, button, ends }: ShadowTree,
  { controls, label }: Options,
  names: readonly string[],
): void {
  if (controls) setChildren(bar, [button, ends[0], across, ends[1]])
  else moveTo(stage, across)
  down.remove()
  ends.forEach((end, i) => {
    end.textContent = end.title = names[i]
  })
  stage.removeAttribute('role')
  stage.removeAttribute('aria-label')
  across.setAttribute('aria-label', label ?? `From ${names[0]} to ${names[1]}`)
}

/** Moves a node into a parent, unless it is there already: a node that is moved loses the focus. */
function moveTo(parent: Node, node: Node): void {
  if (node.parentNode !== parent) parent.appendChild(node)
}

function setChildren(parent: Node & ParentNode, nodes: readonly Node[]): void {
  const { childNodes } = parent
  if (childNodes.length !== nodes.length || nodes.some((node, i) => childNodes[i] !== node)) {
    parent.replaceChildren(...nodes)
  }
}

/** Shows whether playback is running. */
export function showPlaying({ box, button }: ShadowTree, playing: boolean): void {
  box.classList.toggle('playing', playing)
  button.setAttribute('aria-label', playing ? 'Pause' : 'Play')
}

/** Shows the position on the path or in the square. */
export function showPosition(
  { box, trace, spot, across, down, stage }: ShadowTree,
  t: number,
  u: number,
  names: readonly string[],
): void {
  const setSlider = (slider: HTMLInputElement, at: number, from: string, to: string) => {
    // Setting a slider's value makes the browser compute the layout at once. Invisible sliders are set only after a
    // change of ten percent during playback.
    const isInvisible = slider.parentNode === stage
    if (isInvisible && box.classList.contains('playing') && Math.abs(at * 100 - +slider.value) < 10) return
    slider.value = String(at * 100)
    const percent = Math.round(at * 100)
    const text = percent === 0 ? from : percent === 100 ? to : `${percent} percent from ${from} to ${to}`
    if (slider.getAttribute('aria-valuetext') !== text) slider.setAttribute('aria-valuetext', text)
  }
  // Set the property on the nodes that use it: setting it on the box would restyle everything inside.
  for (const node of [trace, spot, across]) if (!node.hidden) node.style.setProperty('--t', String(t))
  setSlider(across, t, names[0], names[1])
  if (names.length < 3) return
  spot.style.setProperty('--u', String(u))
  setSlider(down, u, names[0], names[3])
}

import type { ShadowTree } from './shadow-tree.ts'

/** How far a key moves: one step, a quarter of the path, or to its end. */
export type StepSize = 'step' | 'page' | 'end'

/** What pointer and keys do. */
export interface InputHandlers {
  /** Called when a pointer or the focus arrives: the user may be about to move the element. */
  approach(): void
  seek(t: number, u: number): void
  /** @param across,down -1, 0 or 1 */
  move(across: number, down: number, size: StepSize): void
  togglePlayback(): void
}

/** Listens to pointer and keys on the element's nodes. @param isSquare whether there is a second direction, down */
export function listenToInput(tree: ShadowTree, isSquare: () => boolean, handlers: InputHandlers): void {
  const { stage, across, down, button } = tree
  listenToPointer(tree, handlers)
  for (const type of ['pointerenter', 'pointerdown', 'focusin']) {
    for (const node of [stage, across, button]) {
      node.addEventListener(type, handlers.approach, { passive: true })
    }
  }
  button.addEventListener('click', handlers.togglePlayback)
  for (const slider of [across, down]) {
    slider.addEventListener('input', () =>
      handlers.seek(across.valueAsNumber / 100, down.valueAsNumber / 100),
    )
    slider.addEventListener('keydown', event => {
      if (event.key === ' ') handlers.togglePlayback()
      else if (!moveByKey(event, slider)) return
      event.preventDefault()
    })
  }

  /**
   * In a square, arrow keys move in their own direction and focus the slider of that direction, so that screen readers
   * announce its value.
   */
  function moveByKey(event: KeyboardEvent, slider: HTMLInputElement): boolean {
    if (event.altKey || event.ctrlKey || event.metaKey) return false
    const key = KEYS[event.key]
    if (!key) return false
    const [sign, size] = key
    const isArrow = event.key.startsWith('Arrow')
    const isVertical = event.key.endsWith('Up') || event.key.endsWith('Down')
    const target = !isSquare() || !isArrow ? slider : isVertical ? down : across
    // In a square u grows downwards, but Up increases a slider's value.
    const by = target === down && isVertical ? -sign : sign
    const isDown = target === down
    handlers.move(isDown ? 0 : by, isDown ? by : 0, event.shiftKey && isArrow ? 'page' : size)
    if (target !== slider) target.focus({ preventScroll: true })
    return true
  }
}

function listenToPointer({ stage, across, button }: ShadowTree, handlers: InputHandlers): void {
  let dragged = false
  const seekTo = (event: PointerEvent) => {
    const { left, top, width, height } = stage.getBoundingClientRect()
    handlers.seek((event.clientX - left) / width, (event.clientY - top) / height)
  }
  stage.addEventListener('pointerdown', event => {
    if (event.button !== 0 || event.target === button || button.contains(event.target as Node)) return
    dragged = false
    stage.setPointerCapture(event.pointerId)
    across.focus({ preventScroll: true })
    if (event.pointerType === 'mouse') {
      seekTo(event)
      event.preventDefault()
    }
  })
  stage.addEventListener('pointermove', event => {
    if (!stage.hasPointerCapture(event.pointerId)) return
    dragged = true
    seekTo(event)
  })
  // A touch seeks only if it ends as a tap: before that it may be the start of scrolling.
  stage.addEventListener('pointerup', event => {
    if (stage.hasPointerCapture(event.pointerId) && !dragged) seekTo(event)
  })
}

const KEYS: Record<string, readonly [sign: number, StepSize] | undefined> = {
  ArrowRight: [1, 'step'],
  ArrowUp: [1, 'step'],
  ArrowLeft: [-1, 'step'],
  ArrowDown: [-1, 'step'],
  PageUp: [1, 'page'],
  PageDown: [-1, 'page'],
  Home: [-1, 'end'],
  End: [1, 'end'],
}

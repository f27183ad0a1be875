import type { View } from './view.ts'

/** How far a key goes: a step, a quarter of the way, or to its end. */
export type Stride = 'step' | 'page' | 'end'

/** What hands and keys ask for. */
export interface Wishes {
  /** Someone comes near: it will move soon. */
  approach(): void
  seek(t: number, u: number): void
  /** @param across,down -1, 0 or 1 */
  move(across: number, down: number, stride: Stride): void
  toggle(): void
}

/** Reads pointer and keys on an element's nodes. @param isSquare whether up and down are a direction of their own */
export function listen({ stage, across, down, button }: View, isSquare: () => boolean, wishes: Wishes): void {
  let dragged = false
  const seekTo = (event: PointerEvent) => {
    const { left, top, width, height } = stage.getBoundingClientRect()
    wishes.seek((event.clientX - left) / width, (event.clientY - top) / height)
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
  // A finger that only taps has not begun to scroll the page: where it taps counts.
  stage.addEventListener('pointerup', event => {
    if (stage.hasPointerCapture(event.pointerId) && !dragged) seekTo(event)
  })
  for (const kind of ['pointerenter', 'pointerdown', 'focusin']) {
    for (const node of [stage, across, button])
      node.addEventListener(kind, wishes.approach, { passive: true })
  }
  button.addEventListener('click', wishes.toggle)
  for (const input of [across, down]) {
    input.addEventListener('input', () => wishes.seek(across.valueAsNumber / 100, down.valueAsNumber / 100))
    input.addEventListener('keydown', event => {
      if (event.key === ' ') wishes.toggle()
      else if (!move(event, input)) return
      event.preventDefault()
    })
  }

  /** On a square each direction has its keys; a screen reader's focus follows to the slider that moved. */
  function move(event: KeyboardEvent, input: HTMLInputElement): boolean {
    if (event.altKey || event.ctrlKey || event.metaKey) return false
    const key = KEYS[event.key]
    if (!key) return false
    const [sign, stride] = key
    const arrow = event.key.startsWith('Arrow')
    const upDown = event.key.endsWith('Up') || event.key.endsWith('Down')
    const axis = !isSquare() || !arrow ? input : upDown ? down : across
    // The square's second direction leads down, where on a slider up is more.
    const by = axis === down && upDown ? -sign : sign
    wishes.move(axis === down ? 0 : by, axis === down ? by : 0, event.shiftKey && arrow ? 'page' : stride)
    if (axis !== input) axis.focus({ preventScroll: true })
    return true
  }
}

const KEYS: Record<string, readonly [number, Stride] | undefined> = {
  ArrowRight: [1, 'step'],
  ArrowUp: [1, 'step'],
  ArrowLeft: [-1, 'step'],
  ArrowDown: [-1, 'step'],
  PageUp: [1, 'page'],
  PageDown: [-1, 'page'],
  Home: [-1, 'end'],
  End: [1, 'end'],
}

import { splitPoints } from '../../../models/latent/draws.ts'
import { polarityOf } from '../../../models/polarity.ts'
import type { PathInModel } from '../images/frame-source.ts'
import type { Frames } from '../images/frames.ts'
import type { ChangeDetail } from '../latent-interpolation.d.ts'
import { type ShadowTree, showPosition } from './shadow-tree.ts'

/** Draws frames on an element's canvas. */
export interface FrameDisplay {
  readonly frames: Frames | undefined
  /** The model and the path that the frames are of. */
  readonly model: PathInModel | undefined
  setFrames(frames: Frames, model: PathInModel): void
  /** From the next `draw` on, draws white on black (dark) or black on white. */
  setDark(dark: boolean): void
  /**
   * Draws the frame nearest to a position.
   *
   * @returns the detail of a `change` event, if the frame is at another position than the last one
   */
  draw(t: number, u: number, names: readonly string[]): ChangeDetail | undefined
  /** Drops the frames and shows that new ones are loading. */
  showWaiting(): void
  /** Drops the frames and shows the fallback. */
  showFallback(): void
  drop(): void
}

/** Creates the display of frames in an element's shadow tree. */
export function createFrameDisplay(tree: ShadowTree): FrameDisplay {
  const { box, stage, bar, fallback, canvas } = tree
  let frames: Frames | undefined
  let model: PathInModel | undefined
  /** The position of the last `change` event. */
  let shown = [0, 0]
  let drawn = false
  let dark = false
  /** Whether the canvas is drawn as ink with alpha, or in grey that the style sheet blends with the paper. */
  let inked = false

  function drop(): void {
    frames = model = undefined
    drawn = false
  }

  return {
    get frames() {
      return frames
    },
    get model() {
      return model
    },
    setFrames(newFrames, newModel) {
      frames = newFrames
      model = newModel
      drawn = false
      const { width, height } = model.path
      if (canvas.width !== width) canvas.width = width
      if (canvas.height !== height) canvas.height = height
      box.style.setProperty('--across', String(width))
      box.style.setProperty('--down', String(height))
      // Only images of light ink on a dark background are drawn as ink on the page's background.
      const isInk = polarityOf(model.card.dataset) === 'light-on-dark'
      inked = isInk && frames.drawInk !== undefined
      box.classList.toggle('plain', inked || !isInk)
      box.classList.remove('waiting')
      stage.hidden = false
      fallback.hidden = true
    },
    setDark(now) {
      if (dark !== now) drawn = false
      dark = now
      box.classList.toggle('dark', dark)
    },
    draw(t, u, names) {
      if (!frames || !model) return undefined
      const position = frames.snap(t, u)
      const moved = position[0] !== shown[0] || position[1] !== shown[1]
      showPosition(tree, t, u, names)
      if (drawn && !moved) return undefined
      const g = canvas.getContext('2d') as CanvasRenderingContext2D
      if (inked) frames.drawInk?.(g, ...position, dark ? 255 : 0)
      else frames.draw(g, ...position)
      drawn = true
      shown = position
      if (!moved) return undefined
      return { t: position[0], u: position[1], ...pointsAt(model, position) }
    },
    showWaiting() {
      drop()
      box.classList.add('waiting')
      stage.hidden = false
      fallback.hidden = true
    },
    showFallback() {
      drop()
      stage.hidden = bar.hidden = true
      fallback.hidden = false
      box.classList.remove('waiting')
    },
    drop,
  }
}

/**
 * The latents of an image, or of a text's characters one after another, and the shares of classes of a conditional
 * model.
 */
function pointsAt({ path, card }: PathInModel, position: [number, number]): Pick<ChangeDetail, 'z' | 'y'> {
  const points = path.at(...position).flatMap(({ point }) => [...point])
  const { z, y } = splitPoints(Float32Array.from(points), card.architecture)
  return { z, ...(y && { y }) }
}

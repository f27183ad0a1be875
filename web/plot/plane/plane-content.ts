import type { Latents } from '../../../models/latent/encoded-set.ts'
import type { Theme } from '../theme.ts'
import type { Backdrop } from './plane-backdrop.ts'
import type { Overlay } from './plane-overlay.ts'
import type { Gaussian2, Projection } from './projection.ts'

/** What a plane shows. A part that is the same object as before is not computed again. */
export interface PlaneContent extends Overlay {
  theme: Theme
  projection: Projection
  latents: Latents | undefined
  prior: Gaussian2 | undefined
  hidden: ReadonlySet<number>
  names: Backdrop['names']
  /** The current point, [D_z]. */
  z: Float32Array
  /** The point that the ring marks, [D_z]; by default `z`. */
  ring?: Float32Array
  /** Whether histograms are drawn above the square and at its right. */
  marginals: boolean
  label: string
  /** Whether a drag draws a line around points (`lasso`) instead of moving the current point. */
  encircling?: boolean
  /** A picture of decoded images, drawn over the points so that it covers the visible square. */
  tiles?: { canvas: HTMLCanvasElement } | undefined
}

/** What a plane calls when it is used. */
export interface PlaneEvents {
  /** Called when the point was dragged or moved by a key. */
  move?(z: Float32Array): void
  /** Called while a drag draws a line around points. @param outline the line so far, [m, 2] on the plane */
  lasso?(outline: Float32Array): void
  /**
   * Called when the pointer moves. @param index the test image under it, if there is one @param x,y position in CSS
   * pixels
   */
  hover?(index: number | undefined, x: number, y: number): void
  /** Called on a click or a tap. @param index the test image there, if there is one */
  pick?(index: number | undefined, x: number, y: number, byTouch: boolean): void
}

/** The test image under the pointer, and the pointer's position in CSS pixels. */
export interface Hovered {
  index: number
  x: number
  y: number
}

import type { Latents } from '../catalog/catalog.ts'
import type { Backdrop } from './plane-backdrop.ts'
import type { Overlay } from './plane-overlay.ts'
import type { Gaussian2, Projection } from './projection.ts'
import type { Theme } from './theme.ts'

/** The content of a plane. Parts that are the same object as before are not computed again. */
export interface PlaneContent extends Overlay {
  theme: Theme
  projection: Projection
  latents: Latents | undefined
  prior: Gaussian2 | undefined
  hidden: ReadonlySet<number>
  names: Backdrop['names']
  /** The current point, [D_z]. */
  z: Float32Array
  /** The ring's point, [D_z]; `z` by default. */
  ring?: Float32Array
  /** Whether histograms stand at two sides. */
  marginals: boolean
  label: string
  /** Whether a drag draws a line around points (`lasso`) and does not move the point. */
  encircling?: boolean
  /** Images as tiles [side·side] over the shown square, row by row from the top, drawn over the points. */
  tiles?: { canvas: HTMLCanvasElement } | undefined
}

/** Callbacks of a plane. */
export interface PlaneEvents {
  /** Called when the point was dragged or moved by a key. */
  move?(z: Float32Array): void
  /** Called while a drag draws a line: its points so far, [m, 2] on the plane. */
  lasso?(outline: Float32Array): void
  /**
   * Called when the pointer moves over a test image, or over none: the index of the image and the place in CSS pixels.
   */
  hover?(index: number | undefined, x: number, y: number): void
  /** Called when the plane was clicked or tapped: the index of the test image there, or undefined. */
  pick?(index: number | undefined, x: number, y: number, byTouch: boolean): void
}

/** The test image under the pointer, and its place in CSS pixels. */
export interface Hovered {
  index: number
  x: number
  y: number
}

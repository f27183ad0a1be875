import type { Latents } from '../catalog/catalog.ts'
import type { Backdrop } from './plane-backdrop.ts'
import type { Overlay } from './plane-overlay.ts'
import type { Gaussian2, Projection } from './projection.ts'

/** What a plane shows. Parts that are the same object as before are not computed again. */
export interface PlaneContent extends Overlay {
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
  /** Tiles [side·side] of one image each over the shown square, row by row from the top, drawn over the points. */
  tiles?: { canvas: HTMLCanvasElement } | undefined
}

export interface PlaneEvents {
  /** The point was dragged or moved by a key. */
  move?(z: Float32Array): void
  /** A drag has drawn this line so far, [m, 2] on the plane. */
  lasso?(outline: Float32Array): void
  /** The pointer is over the test image of that index, at a place in CSS pixels, or over none. */
  hover?(index: number | undefined, x: number, y: number): void
  /** The plane was clicked or tapped, at the test image of that index or at none. */
  pick?(index: number | undefined, x: number, y: number, byTouch: boolean): void
}

/** A test image under the pointer, and where that is in CSS pixels. */
export interface Hovered {
  index: number
  x: number
  y: number
}

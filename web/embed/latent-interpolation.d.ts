/** Detail of `change`: the position and the latent point that are shown. */
export interface ChangeDetail {
  /** Along the path, or across the square: 0 to 1. */
  t: number
  /** Down the square: 0 to 1. Always 0 on a path. */
  u: number
  /** The latent point, one number a dimension; of a text those of its characters, one after another. */
  z: Float32Array
  /** The share of each class, of a conditional model. */
  y?: Float32Array
}

/** Detail of `ready`: the model that the first frames come from. */
export interface ReadyDetail {
  /** `id@version`. */
  model: string
  /** Pixels of an image. */
  width: number
  height: number
}

/** Detail of `error`. The same text is logged on the console. */
export interface ErrorDetail {
  /** The attribute concerned. */
  attribute: string
  /**
   * `invalid`: the attribute has an invalid value. `unreachable`: the server did not reply. `refused`: it replied with
   * an
   * error. `broken`: it replied with data that cannot be used.
   */
  code: 'invalid' | 'unreachable' | 'refused' | 'broken'
  /** "expected …, got …". */
  message: string
}

/** The element's events by name, for `addEventListener`. */
export interface LatentInterpolationEventMap extends Omit<HTMLElementEventMap, 'ready' | 'change' | 'error'> {
  ready: CustomEvent<ReadyDetail>
  change: CustomEvent<ChangeDetail>
  error: CustomEvent<ErrorDetail>
}

/** The attributes, as in markup. */
export interface LatentInterpolationAttributes {
  /** The server with the models; by default the one that the script came from. */
  src?: string
  /** Id of a model, as in `mnist-vae-l2-z2`; with `@version` that version. Without it, the server's default model. */
  model?: string
  /** Start of the path: `class:3`, `class:Sneaker`, `seed:7` or `z:0.5,-1.2`. */
  from?: string
  /** End of the path. */
  to?: string
  /** Instead of `from` and `to`: four endpoints with semicolons between them, clockwise from the top left. */
  corners?: string
  /**
   * Instead of `from` and `to`: a text to be written, counted up to from its start; or up to 64 texts with semicolons
   * between them, each turning into the next. Spaces and hyphens are gaps.
   */
  text?: string
  /** The handwriting of `text`: `seed:7` (the default), `eps:0.5,-1.2` or, of a conditional model, `z:0.5,-1.2`. */
  hand?: string
  /** Images along the path, ends included: 2 to 128, default 17. */
  steps?: number | string
  path?: 'lerp' | 'slerp'
  engine?: 'auto' | 'edge' | 'local'
  autoplay?: boolean | ''
  loop?: boolean | ''
  controls?: boolean | ''
  /** CSS pixels for one pixel of an image: 1 to 16, default 8. */
  scale?: number | string
  /** Milliseconds from one end, or text, to the next during playback: 100 to 60000, default 2500. */
  duration?: number | string
  theme?: 'auto' | 'light' | 'dark'
  /** Accessible name. */
  label?: string
}

/**
 * `<latent-interpolation>`: one image or text turning into another, along a path through the latent space of a model.
 */
export declare class LatentInterpolation extends HTMLElement {
  src: string
  model: string
  from: string
  to: string
  corners: string
  text: string
  hand: string
  label: string
  steps: number
  scale: number
  duration: number
  path: 'lerp' | 'slerp'
  engine: 'auto' | 'edge' | 'local'
  theme: 'auto' | 'light' | 'dark'
  autoplay: boolean
  loop: boolean
  controls: boolean
  /** Position along the path or across the square: 0 to 1. Setting it seeks. */
  t: number
  /** Position down the square: 0 to 1. Setting it seeks. */
  u: number
  readonly playing: boolean
  /** Where the frames shown were decoded; undefined before the first. */
  readonly decoding: 'edge' | 'local' | undefined
  /** Plays from the present position, or from the start if it is at the end, once there are frames. */
  play(): void
  pause(): void
  /** Moves to a position; values outside 0…1 are limited to it. */
  seek(t: number, u?: number): void
  /**
   * The frame at the present position as an image file, with the pixels of the API's `format=png`: white on black in
   * any
   * theme.
   *
   * @returns null if there is no frame
   */
  toBlob(options?: { type?: string; scale?: number; quality?: number }): Promise<Blob | null>
  addEventListener<K extends keyof LatentInterpolationEventMap>(
    type: K,
    listener: (this: LatentInterpolation, event: LatentInterpolationEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void
  removeEventListener<K extends keyof LatentInterpolationEventMap>(
    type: K,
    listener: (this: LatentInterpolation, event: LatentInterpolationEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void
}

declare global {
  interface HTMLElementTagNameMap {
    'latent-interpolation': LatentInterpolation
  }
}

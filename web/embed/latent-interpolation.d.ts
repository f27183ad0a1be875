/** What `change` tells: the place, and the point of the latent space that is shown. */
export interface ChangeDetail {
  /** Along the path, or across the square: 0 to 1. */
  t: number
  /** Down the square: 0 to 1. Always 0 on a path. */
  u: number
  /** The point, one number a latent dimension. */
  z: Float32Array
}

/** What `ready` tells of the model behind the first picture. */
export interface ReadyDetail {
  /** `id@version`. */
  model: string
  /** Pixels of an image. */
  width: number
  height: number
}

/** What `error` tells. The same stands on the console. */
export interface ErrorDetail {
  /** The attribute to look at. */
  attribute: string
  /** `invalid`: a value of the page's. `unreachable`: no answer. `refused`: the server said no. `broken`: unusable data. */
  code: 'invalid' | 'unreachable' | 'refused' | 'broken'
  /** What was expected and what came. */
  message: string
}

export interface LatentInterpolationEventMap extends HTMLElementEventMap {
  ready: CustomEvent<ReadyDetail>
  change: CustomEvent<ChangeDetail>
  error: CustomEvent<ErrorDetail>
}

/** Attributes, as markup has them. */
export interface LatentInterpolationAttributes {
  /** The server with the models; where the script came from by default. */
  src?: string
  /** `mnist-vae-l2-z2`, or with its version behind an @. */
  model?: string
  /** Where the path begins and ends: `class:3`, `class:Sneaker`, `seed:7` or `z:0.5,-1.2`. */
  from?: string
  to?: string
  /** Instead of `from` and `to`: four points with semicolons between them, clockwise from the top left. */
  corners?: string
  /** Images on the way, ends included: 2 to 128, 17 by default. */
  steps?: number | string
  path?: 'lerp' | 'slerp'
  engine?: 'auto' | 'edge' | 'local'
  autoplay?: boolean | ''
  loop?: boolean | ''
  controls?: boolean | ''
  /** CSS pixels for one pixel of an image: 1 to 16, 8 by default. */
  scale?: number | string
  /** Milliseconds from one end to the other while it plays: 100 to 60000, 2500 by default. */
  duration?: number | string
  theme?: 'auto' | 'light' | 'dark'
  /** What it is called to those who do not see it. */
  label?: string
}

/** `<latent-interpolation>`: one image turning into another, along a path through the latent space of a model. */
export declare class LatentInterpolation extends HTMLElement {
  src: string
  model: string
  from: string
  to: string
  corners: string
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
  /** Where it is: 0 to 1. Setting it seeks. */
  t: number
  u: number
  readonly playing: boolean
  /** What decodes the pictures shown now; undefined before the first. */
  readonly decoding: 'edge' | 'local' | undefined
  /** Plays from where it is, or from the beginning if it is at the end; as soon as there is something to show. */
  play(): void
  pause(): void
  /** Goes to a place; what lies outside 0…1 is the nearest end. */
  seek(t: number, u?: number): void
  /**
   * The picture at the place it is at, with the pixels of the API's `format=png`: white on black whatever the theme.
   *
   * @returns null when there is no picture
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

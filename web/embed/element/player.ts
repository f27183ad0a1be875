import { createFrameLoader, type FrameLoader } from '../images/frame-loader.ts'
import type { PathInModel } from '../images/frame-source.ts'
import type { Frames } from '../images/frames.ts'
import type { ModelFiles } from '../images/model-files.ts'
import type { LatentInterpolationEventMap } from '../latent-interpolation.d.ts'
import type { Options } from '../options/attributes.ts'
import type { ElementError } from '../options/element-error.ts'
import type { AnimationLoop } from './animation-loop.ts'
import { pathNames } from './endpoint-names.ts'
import { createFrameDisplay, type FrameDisplay } from './frame-display.ts'
import type { StepSize } from './input.ts'
import { advancePlayback, clamp, moveOnGrid, type Playback, startPlayback } from './playback.ts'
import { arrange, type ShadowTree, showPlaying, showPosition } from './shadow-tree.ts'

/** The names of the element's events. */
export type EventName = 'ready' | 'change' | 'error'
/** The `detail` of one of the element's events. */
export type DetailOf<N extends EventName> = LatentInterpolationEventMap[N]['detail']

/** What a player needs. */
export interface PlayerContext {
  tree: ShadowTree
  files: ModelFiles
  loop: AnimationLoop
  dispatch<N extends EventName>(name: N, detail: DetailOf<N>): void
}

/** Holds an element's position, loads its frames while the element is visible, and draws and plays them. */
export class Player {
  readonly #context: PlayerContext
  readonly #display: FrameDisplay
  readonly #loader: FrameLoader
  #options: Options | undefined
  #names: readonly string[] = ['', '']
  /** Undefined until the element is moved. */
  #t: number | undefined
  #u = 0
  #playing = false
  #playback: Playback | undefined
  /** The window that the element is visible in. While undefined, nothing is fetched, drawn or played. */
  #window: Window | undefined
  #cancelFrame: (() => void) | undefined

  constructor(context: PlayerContext) {
    this.#context = context
    this.#display = createFrameDisplay(context.tree)
    this.#loader = createFrameLoader(context.files, {
      onFrames: (frames, of) => this.#setFrames(frames, of),
      onError: error => this.#showError(error),
      onWarning: error => console.warn(toLogLine(error)),
    })
    showPlaying(context.tree, false)
  }

  get t(): number {
    // A single text is shown at the end of its path, where it is complete.
    return this.#t ?? (this.#options?.texts.length === 1 ? 1 : 0)
  }
  get u(): number {
    return this.#u
  }
  get playing(): boolean {
    return this.#playing
  }
  get frames(): Frames | undefined {
    return this.#display.frames
  }

  setOptions(options: Options): void {
    this.#options = options
    this.#updateNames()
    this.#update()
  }

  /** Sets whether the element is on a dark background. */
  setDark(dark: boolean): void {
    this.#display.setDark(dark)
    this.#schedule()
  }

  /** Shows the fallback, because the options are invalid. */
  fail(error: ElementError): void {
    this.#options = undefined
    this.#loader.close()
    this.#showError(error)
  }

  /** @param window the window in which the element is visible; undefined while it is not */
  setVisibleIn(window: Window | undefined): void {
    if (this.#window !== window) this.#cancel()
    this.#window = window
    this.#loader.setSuspended(!window)
    this.#update()
  }

  /** Fetches what smooth movement needs, because the user may be about to move the element. */
  prepare(): void {
    this.#loader.refine()
  }

  /** Repeats what failed, because the connection is back. */
  retry(): void {
    this.#loader.retry()
  }

  play(): void {
    this.#setPlaying(true)
    this.#loader.refine()
    this.#schedule()
  }

  pause(): void {
    this.#setPlaying(false)
  }

  /**
   * Moves to a position, limited to 0…1. Arguments that are not numbers are ignored, so that they cause no error in the
   * page.
   */
  seek(t: number, u: number = this.#u): void {
    if (!Number.isNaN(+t)) this.#t = clamp(+t)
    if (!Number.isNaN(+u)) this.#u = this.#names.length > 2 ? clamp(+u) : 0
    this.#playback = undefined
    this.#loader.refine()
    this.#schedule()
  }

  /** Moves as a key says. @param across,down -1, 0 or 1 */
  move(across: number, down: number, size: StepSize): void {
    const steps = this.#options?.steps ?? 2
    this.#setPlaying(false)
    this.seek(moveOnGrid(this.t, across, size, steps), moveOnGrid(this.#u, down, size, steps))
  }

  /** Drops everything that was fetched, referenced or scheduled. */
  release(): void {
    this.#cancel()
    this.#window = undefined
    this.#playback = undefined
    this.#display.drop()
    this.#loader.close()
  }

  /** Loads the frames of the options, and draws. */
  #update(): void {
    if (!this.#options || !this.#window) return
    if (this.#loader.load(this.#options)) {
      this.#display.showWaiting()
      if (this.#playing) this.#loader.refine()
    }
    this.#schedule()
  }

  #updateNames(): void {
    if (!this.#options) return
    const classes = this.#display.model?.card.dataset.classes
    this.#names = pathNames(this.#options, classes)
    if (this.#names.length === 2) this.#u = 0
    arrange(this.#context.tree, this.#options, this.#names)
    showPosition(this.#context.tree, this.t, this.#u, this.#names)
  }

  #setFrames(frames: Frames, of: PathInModel): void {
    const isFirst = !this.#display.frames
    this.#display.setFrames(frames, of)
    this.#updateNames()
    const change = this.#display.draw(this.t, this.#u, this.#names)
    this.#schedule()
    const { id, version } = of.card
    const { width, height } = of.path
    if (isFirst) this.#context.dispatch('ready', { model: `${id}@${version}`, width, height })
    if (change) this.#context.dispatch('change', change)
  }

  #showError(error: ElementError): void {
    this.#display.showFallback()
    console.error(toLogLine(error))
    this.#context.dispatch('error', error.detail)
  }

  #setPlaying(playing: boolean): void {
    this.#playing = playing
    this.#playback = undefined
    showPlaying(this.#context.tree, playing)
    if (!playing) showPosition(this.#context.tree, this.t, this.#u, this.#names)
  }

  #schedule(): void {
    if (this.#cancelFrame || !this.#display.frames || !this.#window) return
    this.#cancelFrame = this.#context.loop.schedule(this.#window, now => {
      this.#cancelFrame = undefined
      if (this.#playing && this.#options) this.#advance(this.#options, now)
      const change = this.#display.draw(this.t, this.#u, this.#names)
      if (this.#playing) this.#schedule()
      if (change) this.#context.dispatch('change', change)
    })
  }

  #advance(options: Options, now: number): void {
    this.#playback ??= startPlayback(this.t, this.#u, this.#names.length > 2, options.loop, now)
    const { t, u, ended } = advancePlayback(this.#playback, now, options)
    this.#t = t
    this.#u = u
    if (ended) this.#setPlaying(false)
  }

  #cancel(): void {
    this.#cancelFrame?.()
    this.#cancelFrame = undefined
  }
}

function toLogLine({ detail }: ElementError): string {
  return `<latent-interpolation> ${detail.attribute}: ${detail.message}`
}

import { ATTRIBUTES, type Options, readOptions } from './attributes.ts'
import { listen } from './input.ts'
import type { LatentInterpolation as Interface } from './latent-interpolation.d.ts'
import { saveFrame } from './picture.ts'
import { createPlayer, type Player } from './player.ts'
import { reflectAttributes, upgradeProperties } from './properties.ts'
import { refusalOf } from './refusal.ts'
import { isDark } from './theme.ts'
import { createView, type View } from './view.ts'

type Members = Pick<Interface, 't' | 'u' | 'playing' | 'decoding' | 'play' | 'pause' | 'seek' | 'toBlob'>

/** Where the script came from, which `src` defaults to. */
const HOME = new URL(/* @vite-ignore */ '..', import.meta.url).href
/** How near the screen it begins to fetch. */
const NEAR: IntersectionObserverInit = { rootMargin: '50%' }

/** `<latent-interpolation>`. What its members mean stands in latent-interpolation.d.ts. */
export class LatentInterpolation extends HTMLElement implements Members {
  static readonly observedAttributes = ATTRIBUTES
  readonly #view: View
  readonly #player: Player
  #options: Options | undefined
  /** Everything that must end when the element leaves the page; undefined while it is out. */
  #inside: AbortController | undefined
  #onScreen = false
  #stale = false

  constructor() {
    super()
    this.#view = createView(this.attachShadow({ mode: 'open' }))
    const player = createPlayer(this.#view, (type, detail) => {
      // Frameworks listen for changes further up, as for a form control's.
      const init = type === 'change' ? { bubbles: true, composed: true } : {}
      this.dispatchEvent(new CustomEvent(type, { detail, ...init }))
    })
    this.#player = player
    listen(this.#view, () => this.#options?.stops.length === 4, {
      approach: player.approach,
      seek(t, u) {
        player.pause()
        player.seek(t, u)
      },
      move: player.move,
      toggle: () => (player.playing ? player.pause() : player.play()),
    })
    this.#view.box.addEventListener('transitionend', event => {
      if (event.propertyName === 'color') this.#showTheme()
    })
  }

  connectedCallback(): void {
    upgradeProperties(this, [...ATTRIBUTES, 't', 'u'])
    if (this.#inside) return
    const { signal } = (this.#inside = new AbortController())
    const look = () => this.#player.setSeen(this.#onScreen && !document.hidden)
    const observer = new IntersectionObserver(entries => {
      this.#onScreen = entries[entries.length - 1].isIntersecting
      look()
    }, NEAR)
    observer.observe(this.#view.box)
    signal.addEventListener('abort', () => observer.disconnect())
    document.addEventListener('visibilitychange', look, { signal })
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#showTheme(), { signal })
    this.#refresh()
  }

  /** A node that is moved is out and in again before the task ends: only one that stays out lets go. */
  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (this.isConnected) return
      this.#inside?.abort()
      this.#inside = undefined
      this.#onScreen = false
      this.#player.leave()
    })
  }

  /** With this, `moveBefore` is no leaving. */
  connectedMoveCallback(): void {}

  attributeChangedCallback(): void {
    if (this.#inside) this.#refresh()
  }

  get t(): number {
    return this.#player.t
  }
  set t(t: number) {
    this.seek(t)
  }
  get u(): number {
    return this.#player.u
  }
  set u(u: number) {
    this.seek(this.t, u)
  }
  get playing(): boolean {
    return this.#player.playing
  }
  get decoding(): 'edge' | 'local' | undefined {
    return this.#player.frames?.engine
  }

  override focus(options?: FocusOptions): void {
    this.#view.across.focus(options)
  }

  play(): void {
    this.#player.play()
  }

  pause(): void {
    this.#player.pause()
  }

  seek(t: number, u?: number): void {
    this.#player.seek(t, u)
  }

  toBlob(options: { type?: string; scale?: number; quality?: number } = {}): Promise<Blob | null> {
    const { frames, t, u } = this.#player
    if (!frames) return Promise.resolve(null)
    return saveFrame(frames, t, u, { scale: this.#options?.scale ?? 1, ...options })
  }

  /** Reads the attributes once their changes of this task are all made. */
  #refresh(): void {
    if (this.#stale) return
    this.#stale = true
    queueMicrotask(() => {
      this.#stale = false
      if (this.isConnected) this.#read()
    })
  }

  #read(): void {
    const before = this.#options
    this.#options = undefined
    try {
      this.#options = readOptions(name => this.getAttribute(name), HOME)
    } catch (error) {
      this.#player.fail(refusalOf(error))
      return
    }
    this.#player.show(this.#options)
    this.#showTheme()
    if (this.#options.autoplay && !before?.autoplay && !prefersStillness()) this.#player.play()
  }

  #showTheme(): void {
    const theme = this.#options?.theme ?? 'auto'
    this.#view.box.classList.toggle('dark', theme === 'auto' ? isDark(this.#view.box) : theme === 'dark')
  }
}

function prefersStillness(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches
}

reflectAttributes(LatentInterpolation)
if (!customElements.get('latent-interpolation'))
  customElements.define('latent-interpolation', LatentInterpolation)

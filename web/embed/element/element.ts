import { frameToBlob } from '../images/frame-to-blob.ts'
import { createModelFiles, type ModelFiles } from '../images/model-files.ts'
import type { LatentInterpolation as Interface } from '../latent-interpolation.d.ts'
import { ATTRIBUTES, type Options, parseOptions } from '../options/attributes.ts'
import { toElementError } from '../options/element-error.ts'
import { type AnimationLoop, createAnimationLoop } from './animation-loop.ts'
import { isOnDark } from './dark-background.ts'
import { listenToInput } from './input.ts'
import { Player } from './player.ts'
import { reflectAttributes, upgradeProperties } from './reflect-attributes.ts'
import type { ServerList } from './server-list.ts'
import { createShadowTree, type ShadowTree } from './shadow-tree.ts'
import { createStyleSheets, type StyleSheets } from './style-sheets.ts'

type Members = Pick<Interface, 't' | 'u' | 'playing' | 'decoding' | 'play' | 'pause' | 'seek' | 'toBlob'>

/** What all elements of a page share. */
export interface ElementContext {
  servers: ServerList
  files: ModelFiles
  loop: AnimationLoop
  styles: StyleSheets
}

/** Creates what all elements of a page share. */
export function createElementContext(servers: ServerList, files = createModelFiles()): ElementContext {
  return { servers, files, loop: createAnimationLoop(), styles: createStyleSheets() }
}

/** An element starts to fetch when it is within half the window's size of the window. */
const NEARBY: IntersectionObserverInit = { rootMargin: '50%' }

/** `HTMLElement`; without a DOM, as on a server that renders pages, an empty class instead. */
const BaseElement = globalThis.HTMLElement ?? (class {} as typeof HTMLElement)

/** `<latent-interpolation>`. Its members are documented in latent-interpolation.d.ts. */
export class LatentInterpolation extends BaseElement implements Members {
  static readonly observedAttributes = ATTRIBUTES
  readonly #context: ElementContext
  readonly #tree: ShadowTree
  readonly #player: Player
  #options: Options | undefined
  /** Stops the listeners and observers on the element's document; undefined while the element is in no document. */
  #connection: AbortController | undefined
  #isNearby = false
  #refreshQueued = false

  constructor(context: ElementContext) {
    super()
    this.#context = context
    this.#tree = createShadowTree(this.attachShadow({ mode: 'open' }))
    const player = new Player({
      tree: this.#tree,
      files: context.files,
      loop: context.loop,
      dispatch: (type, detail) => {
        // `change` bubbles, as it does from form controls: frameworks listen for it on ancestors.
        const init = type === 'change' ? { bubbles: true, composed: true } : {}
        this.dispatchEvent(new CustomEvent(type, { detail, ...init }))
      },
    })
    this.#player = player
    listenToInput(this.#tree, () => this.#options?.endpoints.length === 4, {
      approach: () => player.prepare(),
      seek(t, u) {
        player.pause()
        player.seek(t, u)
      },
      move: (across, down, size) => player.move(across, down, size),
      togglePlayback: () => (player.playing ? player.pause() : player.play()),
    })
    this.#tree.box.addEventListener('transitionend', event => {
      if (event.propertyName === 'color') this.#updateTheme()
    })
  }

  connectedCallback(): void {
    upgradeProperties(this, [...ATTRIBUTES, 't', 'u'])
    if (!this.#connection) this.#connect(this.ownerDocument)
  }

  /**
   * A node that is moved is disconnected and connected again in one task. So what the element holds is released only if
   * it is still disconnected after the task.
   */
  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (this.isConnected) return
      this.#disconnect()
      this.#player.release()
    })
  }

  /** If this method exists, `moveBefore` calls it instead of disconnectedCallback and connectedCallback. */
  connectedMoveCallback(): void {}

  /**
   * Called between disconnectedCallback and connectedCallback when the element moves to another document. Observers and
   * style sheets belong to one document.
   */
  adoptedCallback(): void {
    this.#disconnect()
  }

  attributeChangedCallback(): void {
    if (this.#connection) this.#queueRefresh()
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
    this.#tree.across.focus(options)
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
    return frameToBlob(frames, t, u, { scale: this.#options?.scale ?? 1, ...options })
  }

  #connect(document: Document): void {
    const window = document.defaultView as (Window & typeof globalThis) | null
    if (!window) return
    this.#connection = new AbortController()
    const { signal } = this.#connection
    this.#context.styles.apply(this.shadowRoot as ShadowRoot)
    const updateVisibility = () =>
      this.#player.setVisibleIn(this.#isNearby && !document.hidden ? window : undefined)
    const observer = new window.IntersectionObserver(entries => {
      this.#isNearby = entries[entries.length - 1].isIntersecting
      updateVisibility()
    }, NEARBY)
    observer.observe(this.#tree.box)
    signal.addEventListener('abort', () => observer.disconnect())
    document.addEventListener('visibilitychange', updateVisibility, { signal })
    window.addEventListener('online', () => this.#player.retry(), { signal })
    const scheme = window.matchMedia('(prefers-color-scheme: dark)')
    scheme.addEventListener('change', () => this.#updateTheme(), { signal })
    this.#context.servers.onAdd(() => this.#queueRefresh(), signal)
    this.#queueRefresh()
  }

  #disconnect(): void {
    this.#connection?.abort()
    this.#connection = undefined
    this.#isNearby = false
  }

  /** Parses the attributes once all changes of the current task have been made. */
  #queueRefresh(): void {
    if (this.#refreshQueued) return
    this.#refreshQueued = true
    queueMicrotask(() => {
      this.#refreshQueued = false
      if (this.isConnected) this.#refresh()
    })
  }

  #refresh(): void {
    const wasAutoplay = this.#options?.autoplay
    this.#options = undefined
    try {
      const servers = this.#context.servers.listFor(this)
      this.#options = parseOptions(name => this.getAttribute(name), servers)
    } catch (error) {
      this.#player.fail(toElementError(error))
      return
    }
    this.#player.setOptions(this.#options)
    this.#updateTheme()
    if (this.#options.autoplay && !wasAutoplay && !prefersReducedMotion()) this.#player.play()
  }

  #updateTheme(): void {
    const theme = this.#options?.theme ?? 'auto'
    this.#player.setDark(theme === 'auto' ? isOnDark(this.#tree.box) : theme === 'dark')
  }
}

function prefersReducedMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches
}

reflectAttributes(LatentInterpolation)

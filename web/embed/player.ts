import type { Options } from './attributes.ts'
import type { Frames } from './frames.ts'
import type { Stride } from './input.ts'
import { advance, clip, type Motion, startMotion, stride } from './motion.ts'
import type { Refusal } from './refusal.ts'
import { openSession, type Scene, type Session } from './session.ts'
import { arrange, nameStop, showPlace, showPlaying, type View } from './view.ts'

/** What an element's pictures are at, and how they move. */
export interface Player {
  readonly t: number
  readonly u: number
  readonly playing: boolean
  readonly frames: Frames | undefined
  /** Shows what is asked for, as soon as it can be seen. */
  show(options: Options): void
  /** Shows the fallback, and says why. */
  fail(refusal: Refusal): void
  /** Whether anyone can see it. Nothing is fetched, drawn or played for nobody. */
  setSeen(seen: boolean): void
  /** Someone comes near: it will move soon. */
  approach(): void
  play(): void
  pause(): void
  seek(t: number, u?: number): void
  /** Moves by a key. */
  move(across: number, down: number, how: Stride): void
  /** Lets go of everything that is fetched, held or waited for. */
  leave(): void
}

/** Attributes that decide what is fetched; the others only how it looks. */
const FETCHED: readonly (keyof Options)[] = ['api', 'model', 'stops', 'steps', 'path', 'engine']

/** @param tell sends an event */
export function createPlayer(view: View, tell: (name: string, detail: unknown) => void): Player {
  let [t, u] = [0, 0]
  let options: Options | undefined
  let names: readonly string[] = ['', '']
  let session: Session | undefined
  let frames: Frames | undefined
  let scene: Scene | undefined
  let motion: Motion | undefined
  let [playing, seen] = [false, false]
  /** What was asked of the session, the place that is drawn, and the animation frame that is waited for. */
  let [asked, drawn, waiting] = ['', '', 0]

  function drop(): void {
    session?.close()
    session = frames = scene = undefined
    asked = drawn = ''
  }

  function setPlaying(now: boolean): void {
    playing = now
    motion = undefined
    showPlaying(view, playing)
  }

  function nameStops({ stops }: Options): void {
    names = stops.map(stop => nameStop(stop, scene?.card.dataset.classes))
    if (options) arrange(view, options, names)
    if (stops.length === 2) u = 0
    showPlace(view, t, u, names)
  }

  /** Fetches what is new and goes on. */
  function goOn(): void {
    if (!options || !seen) return
    const key = JSON.stringify(FETCHED.map(name => options?.[name]))
    if (asked !== key) {
      asked = key
      load(options)
    }
    schedule()
  }

  function load(wanted: Options): void {
    // The new session takes its part in a shared model before the old one lets go.
    const old = session
    frames = scene = undefined
    view.box.classList.add('waiting')
    view.stage.hidden = false
    view.fallback.hidden = true
    session = openSession(wanted, {
      show: display,
      fail,
      warn: refusal => console.warn(describe(refusal)),
    })
    old?.close()
    if (playing) session.wake()
  }

  function display(better: Frames, of: Scene): void {
    const { box, canvas } = view
    const first = frames === undefined
    frames = better
    scene = of
    drawn = ''
    const { width, height } = better
    if (canvas.width !== width) canvas.width = width
    if (canvas.height !== height) canvas.height = height
    box.style.setProperty('--across', String(width))
    box.style.setProperty('--down', String(height))
    box.classList.toggle('natural', of.card.dataset.name.startsWith('frey'))
    box.classList.remove('waiting')
    if (options) nameStops(options)
    draw()
    schedule()
    const { id, version } = of.card
    if (first) tell('ready', { model: `${id}@${version}`, width, height })
  }

  function fail(refusal: Refusal): void {
    const { box, stage, bar, fallback } = view
    drop()
    options = undefined
    stage.hidden = bar.hidden = true
    fallback.hidden = false
    box.classList.remove('waiting')
    console.error(describe(refusal))
    tell('error', refusal)
  }

  function schedule(): void {
    if (waiting || !frames || !seen) return
    waiting = requestAnimationFrame(now => {
      waiting = 0
      if (playing && options) step(options, now)
      draw()
      if (playing) schedule()
    })
  }

  function step(how: Options, now: number): void {
    motion ??= startMotion(t, u, names.length > 2, how.loop, now)
    const next = advance(motion, now, how)
    t = next.t
    u = next.u
    if (next.ended) setPlaying(false)
  }

  /** Draws the place unless it is the one that is drawn, and tells of it. */
  function draw(): void {
    if (!frames || !scene) return
    const place = frames.snap(t, u)
    showPlace(view, t, u, names)
    const before = drawn
    drawn = place.join()
    if (drawn === before) return
    frames.draw(view.canvas.getContext('2d') as CanvasRenderingContext2D, ...place)
    if (before !== '') tell('change', { t: place[0], u: place[1], z: scene.route(...place).slice() })
  }

  function seek(to: number, down: number = u): void {
    // What is no number moves nothing: no mistake of the page's is thrown back at it.
    if (!Number.isNaN(+to)) t = clip(+to)
    if (!Number.isNaN(+down)) u = names.length > 2 ? clip(+down) : 0
    motion = undefined
    session?.wake()
    schedule()
  }

  showPlaying(view, false)
  return {
    get t() {
      return t
    },
    get u() {
      return u
    },
    get playing() {
      return playing
    },
    get frames() {
      return frames
    },
    show(wanted) {
      options = wanted
      nameStops(wanted)
      goOn()
    },
    fail,
    setSeen(now) {
      seen = now
      goOn()
    },
    approach: () => session?.wake(),
    play() {
      setPlaying(true)
      session?.wake()
      schedule()
    },
    pause: () => setPlaying(false),
    seek,
    move(across, down, how) {
      const steps = options?.steps ?? 2
      setPlaying(false)
      seek(stride(t, across, how, steps), stride(u, down, how, steps))
    },
    leave() {
      cancelAnimationFrame(waiting)
      waiting = 0
      seen = false
      motion = undefined
      drop()
    },
  }
}

function describe({ attribute, message }: Refusal): string {
  return `<latent-interpolation> ${attribute}: ${message}`
}

import type { AppContext } from '../../lab/app-context.ts'

/** Milliseconds from one corner to the next. */
const LEG_MS = 3000

/** Plays the path by changing the state's `t`: back and forth between two corners, in rounds between four. */
export interface PathPlayer {
  readonly playing: boolean
  /** Starts at the current `t`, or stops. */
  toggle(): void
  stop(): void
}

/** Creates a stopped player. */
export function createPathPlayer(app: AppContext): PathPlayer {
  let frame: number | undefined
  let started = 0

  function step(now: number): void {
    const two = app.state.corners.length === 2
    const rounds = (now - started) / (LEG_MS * (two ? 1 : 4))
    app.set({ t: two ? 1 - Math.abs(1 - (rounds % 2)) : rounds % 1 })
    frame = requestAnimationFrame(step)
  }

  function stop(): void {
    if (frame !== undefined) cancelAnimationFrame(frame)
    frame = undefined
  }

  return {
    get playing() {
      return frame !== undefined
    },
    toggle() {
      if (frame === undefined) {
        const legs = app.state.corners.length === 2 ? 1 : 4
        started = performance.now() - app.state.t * LEG_MS * legs
        frame = requestAnimationFrame(step)
      } else stop()
      app.refresh()
    },
    stop,
  }
}

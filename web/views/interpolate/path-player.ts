import type { AppContext } from '../../lab/app-context.ts'

/** Milliseconds from one corner to the next. */
const LEG = 3000

/** Moves the state's `t` along the path: there and back between two corners, round and round between four. */
export interface PathPlayer {
  readonly playing: boolean
  /** Starts from where `t` is, or stops. */
  toggle(): void
  stop(): void
}

/** Creates a stopped player. */
export function createPathPlayer(app: AppContext): PathPlayer {
  let frame: number | undefined
  let started = 0

  function step(now: number): void {
    const two = app.state.corners.length === 2
    const turns = (now - started) / (LEG * (two ? 1 : 4))
    app.set({ t: two ? 1 - Math.abs(1 - (turns % 2)) : turns % 1 })
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
        started = performance.now() - app.state.t * LEG * legs
        frame = requestAnimationFrame(step)
      } else stop()
      app.refresh()
    },
    stop,
  }
}

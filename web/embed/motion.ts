import type { Options } from './attributes.ts'
import type { Stride } from './input.ts'

/*
 * Where playing and keys lead. The phase of playing counts stops passed, so that 1 is the end of a path and 4 the end of
 * a round about a square.
 */

/** How long it rests at an end before it turns, as a part of the way. */
const REST = 0.12

/** Milliseconds in which playing glides from inside the square to its edge. */
const GLIDE = 400

/** A path's t at a phase: to the end, or with `loop` there and back with a rest at each end. */
function alongPath(phase: number, loop: boolean): number {
  if (!loop) return Math.min(phase, 1)
  const swing = 1 - Math.abs(1 - (phase % 2))
  return Math.min(1, Math.max(0, swing * (1 + 2 * REST) - REST))
}

/** The phase from which playing goes on at t. */
function phaseOfPath(t: number, loop: boolean): number {
  return loop ? (t + REST) / (1 + 2 * REST) : t
}

/** The place (t, u) on the square's edge at a phase, clockwise from its top left. */
function aroundSquare(phase: number): [number, number] {
  const leg = Math.floor(phase) % 4
  const s = phase - Math.floor(phase)
  return leg === 0 ? [s, 0] : leg === 1 ? [1, s] : leg === 2 ? [1 - s, 1] : [0, 1 - s]
}

/** The phase of the edge's place nearest to (t, u). */
function phaseOfSquare(t: number, u: number): number {
  const sides = [u, 1 - t, 1 - u, t]
  const leg = sides.indexOf(Math.min(...sides))
  return leg + [t, u, 1 - t, 1 - u][leg]
}

/** Playing, from where it began. */
export interface Motion {
  square: boolean
  phase: number
  /** Milliseconds it has played, and the time of the last frame. */
  since: number
  last: number
  /** How far from the square's edge it began. */
  off: readonly [number, number]
}

/** Begins to play from a place; from the beginning if that is the end. @param now milliseconds */
export function startMotion(t: number, u: number, square: boolean, loop: boolean, now: number): Motion {
  const from = !square && !loop && t === 1 ? 0 : t
  const phase = square ? phaseOfSquare(t, u) : phaseOfPath(from, loop)
  const [x, y] = aroundSquare(phase)
  return { square, phase, since: 0, last: now, off: square ? [t - x, u - y] : [0, 0] }
}

/** Goes on to a later time. @returns the place, and whether that is the end */
export function advance(
  motion: Motion,
  now: number,
  { duration, loop }: Pick<Options, 'duration' | 'loop'>,
): { t: number; u: number; ended: boolean } {
  // After a pause of the page's, on another tab say, it goes on where it was.
  const passed = Math.min(100, Math.max(0, now - motion.last))
  motion.last = now
  motion.since += passed
  motion.phase += passed / duration
  if (!motion.square) {
    const t = alongPath(motion.phase, loop)
    return { t, u: 0, ended: !loop && t === 1 }
  }
  const [x, y] = aroundSquare(motion.phase)
  const left = Math.exp(-motion.since / GLIDE)
  return {
    t: clip(x + motion.off[0] * left),
    u: clip(y + motion.off[1] * left),
    ended: !loop && motion.since >= 4 * duration,
  }
}

/** Where a key leads from `at`, on a grid of `steps` places. */
export function stride(at: number, sign: number, how: Stride, steps: number): number {
  const last = steps - 1
  const by = { step: 1, page: Math.max(1, Math.round(last / 4)), end: last }[how]
  return sign === 0 ? at : Math.round(clip(at + (sign * by) / last) * last) / last
}

/** The nearest number from 0 to 1. */
export function clip(value: number): number {
  return Math.min(1, Math.max(0, value))
}

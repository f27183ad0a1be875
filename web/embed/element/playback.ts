import type { Options } from '../options/attributes.ts'
import type { StepSize } from './input.ts'

/*
 * Positions during playback and after a key. Playback counts its way in a phase: 1 is the end of a path; in a square,
 * each side adds 1, and 4 is a whole round.
 */

/** How long a looping path rests at each end, as a fraction of the path's duration. */
const REST = 0.12

/** Time constant, in milliseconds, of the move from inside a square to its side when playback starts. */
const SETTLE = 400

/** The t of a path at a phase. With `loop` it moves back and forth and rests at the ends. */
function alongPath(phase: number, loop: boolean): number {
  if (!loop) return Math.min(phase, 1)
  const swing = 1 - Math.abs(1 - (phase % 2))
  return clamp(swing * (1 + 2 * REST) - REST)
}

/** The phase from which playback continues at t. */
function phaseOfPath(t: number, loop: boolean): number {
  return loop ? (t + REST) / (1 + 2 * REST) : t
}

/** The position (t, u) at a phase of the way around a square, clockwise from the top left. */
function aroundSquare(phase: number): [number, number] {
  const side = Math.floor(phase) % 4
  const s = phase - Math.floor(phase)
  return side === 0 ? [s, 0] : side === 1 ? [1, s] : side === 2 ? [1 - s, 1] : [0, 1 - s]
}

/** The phase of the point on the square's sides that is nearest to (t, u). */
function phaseOfSquare(t: number, u: number): number {
  const distances = [u, 1 - t, 1 - u, t]
  const side = distances.indexOf(Math.min(...distances))
  return side + [t, u, 1 - t, 1 - u][side]
}

/** The state of a playback. */
export interface Playback {
  square: boolean
  phase: number
  /** Milliseconds played so far. */
  elapsed: number
  /** Time of the last frame, in milliseconds. */
  lastFrame: number
  /** Starting position relative to the nearest point on the square's sides. */
  offset: readonly [number, number]
}

/**
 * Starts at a position, or at the beginning for a path that is at its end and does not loop. @param now milliseconds
 */
export function startPlayback(t: number, u: number, square: boolean, loop: boolean, now: number): Playback {
  const from = !square && !loop && t === 1 ? 0 : t
  const phase = square ? phaseOfSquare(t, u) : phaseOfPath(from, loop)
  const [x, y] = aroundSquare(phase)
  return { square, phase, elapsed: 0, lastFrame: now, offset: square ? [t - x, u - y] : [0, 0] }
}

/** Advances a playback to the time `now`. @returns the position, and whether playback has ended */
export function advancePlayback(
  playback: Playback,
  now: number,
  { duration, loop }: Pick<Options, 'duration' | 'loop'>,
): { t: number; u: number; ended: boolean } {
  // A frame counts as at most 100 ms: if frames were suspended, as in a hidden tab, playback continues where it was.
  const passed = Math.min(100, Math.max(0, now - playback.lastFrame))
  playback.lastFrame = now
  playback.elapsed += passed
  playback.phase += passed / duration
  if (!playback.square) {
    const t = alongPath(playback.phase, loop)
    return { t, u: 0, ended: !loop && t === 1 }
  }
  const [x, y] = aroundSquare(playback.phase)
  const remaining = Math.exp(-playback.elapsed / SETTLE)
  return {
    t: clamp(x + playback.offset[0] * remaining),
    u: clamp(y + playback.offset[1] * remaining),
    ended: !loop && playback.elapsed >= 4 * duration,
  }
}

/** The position after a key: the next of `steps` grid positions in the direction of `sign` (-1, 0 or 1). */
export function moveOnGrid(at: number, sign: number, size: StepSize, steps: number): number {
  const last = steps - 1
  const by = { step: 1, page: Math.max(1, Math.round(last / 4)), end: last }[size]
  return sign === 0 ? at : Math.round(clamp(at + (sign * by) / last) * last) / last
}

/** Limits a number to 0…1. */
export function clamp(value: number): number {
  return Math.min(1, Math.max(0, value))
}

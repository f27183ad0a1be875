import type { Network } from '../catalog/catalog.ts'
import { type AppContext, decode } from '../lab/app-context.ts'

let last: Promise<unknown> = Promise.resolve()

/** Runs work of all figures one at a time, with room between two for the page to answer and to draw. */
function inTurn<T>(work: () => T | Promise<T>): Promise<T> {
  const turn = last.then(() => new Promise(resolve => setTimeout(resolve))).then(work)
  last = turn.catch(() => {})
  return turn
}

/** Images that a decoder made, and whether they are those last asked for. */
export interface Decoded {
  /** [n, D_x]; the last ones while others are made. */
  pixels: Float32Array | undefined
  current: boolean
}

/**
 * Decodes points through the page's engine and keeps the images until others are asked for.
 *
 * @returns gives the images for a key; `points`, [n, D_z], is called when the key is another than before
 */
export function createDecoding(app: AppContext) {
  let pixels: Float32Array | undefined
  let asked = ''
  let made = ''
  return (decoder: Network | undefined, key: string, points: () => Float32Array): Decoded => {
    if (!decoder) return { pixels, current: false }
    const now = `${decoder.model} ${decoder.version} ${key}`
    if (now !== asked) {
      asked = now
      void inTurn(async () => {
        if (asked !== now) return
        const { xhat } = await decode(app, decoder, points())
        if (asked !== now) return
        pixels = xhat
        made = now
        app.refresh()
      })
    }
    return { pixels, current: made === now }
  }
}

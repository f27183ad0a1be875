import type { Network } from '../catalog/catalog.ts'
import { type AppContext, decode } from '../lab/app-context.ts'

/** Runs tasks one after another, with a pause after each in which the page can respond and draw. */
export type WorkQueue = <T>(work: () => T | Promise<T>) => Promise<T>

/** A queue that all figures share, so that their decodes do not block the page. */
export function createWorkQueue(): WorkQueue {
  let last: Promise<unknown> = Promise.resolve()
  return work => {
    const result = last.then(() => new Promise(resolve => setTimeout(resolve))).then(work)
    last = result.catch(() => {})
    return result
  }
}

/** Decoded images, and whether they belong to the latest points. */
export interface Decoded {
  /** [n, D_x]; the earlier images while the latest are being decoded. */
  pixels: Float32Array | undefined
  current: boolean
}

/** @param key identifies the points; @param points [n, D_z], called when the key has changed */
export type Decoding = (decoder: Network | undefined, key: string, points: () => Float32Array) => Decoded

/** Decodes points through the page's engine and keeps the images until there are others. */
export function createDecoding(app: AppContext, queue: WorkQueue): Decoding {
  let pixels: Float32Array | undefined
  let wanted = ''
  let decoded = ''
  return (decoder, key, points) => {
    if (!decoder) return { pixels, current: false }
    const now = `${decoder.model} ${decoder.version} ${key}`
    if (now !== wanted) {
      wanted = now
      void queue(async () => {
        if (wanted !== now) return
        const { xhat } = await decode(app, decoder, points())
        if (wanted !== now) return
        pixels = xhat
        decoded = now
        app.refresh()
      })
    }
    return { pixels, current: decoded === now }
  }
}

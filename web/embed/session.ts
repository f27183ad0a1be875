import type { Card } from '../../models/card.ts'
import type { Options } from './attributes.ts'
import { type Frames, fetchSquare, fetchStrip, localFrames } from './frames.ts'
import { shareCard, shareDecoder } from './models.ts'
import { type Refusal, refusalOf, refuse } from './refusal.ts'
import { openRoute, type Route } from './route.ts'
import type { Lease } from './share.ts'

/** What is known of a model once something of it can be shown. */
export interface Scene {
  card: Card
  route: Route
}

/** Who is told what comes. Nothing is told after `close`. */
export interface Audience {
  /** Better pictures than before. */
  show(frames: Frames, scene: Scene): void
  /** Nothing can be shown. */
  fail(refusal: Refusal): void
  /** It goes on with less. */
  warn(refusal: Refusal): void
}

/** What shows a path: begun with the first picture, gone with all it holds when closed. */
export interface Session {
  /** Someone is about to move: what makes that smooth is fetched now. */
  wake(): void
  close(): void
}

/** Whether the model is to be fetched: with 'auto' not by those who asked their browser to save data. */
function decodesHere(engine: Options['engine']): boolean {
  const { connection } = navigator as { connection?: { saveData?: boolean } }
  return engine === 'local' || (engine === 'auto' && !connection?.saveData)
}

/** Starts fetching, the first picture and the model's card side by side. */
export function openSession(options: Options, audience: Audience): Session {
  const abort = new AbortController()
  const leases: Lease<unknown>[] = []
  let scene: Scene | undefined
  let current: Frames | undefined
  let awake = options.engine === 'local'
  let improving = false

  function hold<T>(lease: Lease<T>): Promise<T> {
    leases.push(lease)
    return lease.value
  }

  function show(frames: Frames): void {
    current?.close()
    current = frames
    audience.show(frames, scene as Scene)
  }

  async function begin(): Promise<void> {
    const { api, model } = options
    const [strip, card] = await Promise.all([fetchStrip(options, abort.signal), hold(shareCard(api, model))])
    if (abort.signal.aborted) return strip.frames.close()
    // Between the two answers the model may have been replaced: then the card of the one that drew is the right one.
    const drawnBy = strip.drawnBy ?? `${card.id}@${card.version}`
    const [id, version] = drawnBy.split('@')
    const own = card.version === version ? card : await hold(shareCard(api, `${id}@${version}`))
    const { width, height } = own.dataset
    if (strip.frames.width !== width || strip.frames.height !== height) {
      const got = `${strip.frames.width} × ${strip.frames.height}`
      strip.frames.close()
      throw refuse('model', `pictures of ${width} × ${height} pixels, as its card says`, got, 'broken')
    }
    scene = { card: own, route: openRoute(options, own) }
    if (abort.signal.aborted) return strip.frames.close()
    show(strip.frames)
    if (awake) improveOnce()
  }

  function improveOnce(): void {
    if (!scene || improving) return
    improving = true
    improve(scene).catch(stumble)
  }

  async function improve({ card, route }: Scene): Promise<void> {
    if (decodesHere(options.engine)) {
      const decode = await hold(shareDecoder(options.api, card))
      if (!abort.signal.aborted) show(localFrames(decode, route, card.dataset))
    } else if (options.stops.length > 2) {
      const frames = await fetchSquare(options, card, route, abort.signal)
      if (abort.signal.aborted) frames.close()
      else show(frames)
    }
  }

  function stumble(error: unknown): void {
    if (abort.signal.aborted) return
    // With pictures from the edge at hand, only who insists on decoding here is left with nothing.
    if (current && options.engine !== 'local') audience.warn(refusalOf(error))
    else audience.fail(refusalOf(error))
  }

  begin().catch(stumble)
  return {
    wake() {
      awake = true
      improveOnce()
    },
    close() {
      abort.abort()
      current?.close()
      for (const lease of leases) lease.release()
    },
  }
}

import type { Card } from '../../../models/card.ts'
import type { Options } from '../options/attributes.ts'
import { type ElementError, elementError, toElementError } from '../options/element-error.ts'
import { createLocalFrames, type Frames, fetchFirstFrames, fetchSquare, fetchTexts } from './frames.ts'
import { createLatentPath, type LatentPath } from './latent-path.ts'
import type { ModelFiles } from './model-files.ts'
import type { Lease } from './shared-resources.ts'
import { createWritten } from './written-path.ts'

/** The model that frames come from, and the path through its latent space. */
export interface PathInModel {
  card: Card
  path: LatentPath
}

/** Callbacks of a frame source; none is called after `close`. */
export interface FrameListener {
  /** Called with the first frames, and with the finer ones that replace them. */
  onFrames(frames: Frames, of: PathInModel): void
  /** No frames can be shown. */
  onError(error: ElementError): void
  /** Finer frames failed; those shown before stay. */
  onWarning(error: ElementError): void
}

/** Fetches the frames of one path: coarse ones from the API first, then the decoder to make all of them here. */
export interface FrameSource {
  /** Fetches what smooth movement needs, unless that is under way: the user is about to move. */
  refine(): void
  close(): void
}

/** Whether frames are decoded in the page: with 'auto', not if the browser is set to save data. */
function decodesLocally(engine: Options['engine']): boolean {
  const { connection } = navigator as { connection?: { saveData?: boolean } }
  return engine === 'local' || (engine === 'auto' && !connection?.saveData)
}

function createPath(options: Options, card: Card): LatentPath {
  return options.texts.length > 0 ? createWritten(options, card) : createLatentPath(options, card)
}

/** Starts to fetch the first frames and the model's card from the server `api`, at the same time. */
export function openFrameSource(
  api: string,
  options: Options,
  files: ModelFiles,
  listener: FrameListener,
): FrameSource {
  const abort = new AbortController()
  const leases: Lease<unknown>[] = []
  const isWritten = options.texts.length > 0
  let loaded: PathInModel | undefined
  let current: Frames | undefined
  let refineWanted = options.engine === 'local'
  let refining = false

  function hold<T>(lease: Lease<T>): Promise<T> {
    leases.push(lease)
    return lease.value
  }

  function show(frames: Frames): void {
    current?.close()
    current = frames
    listener.onFrames(frames, loaded as PathInModel)
  }

  async function loadOffline(): Promise<void> {
    const card = await hold(files.card(api, options.model))
    loaded = { card, path: createPath(options, card) }
    await loadFinerFrames(loaded)
  }

  async function loadFirstFrames(): Promise<void> {
    const [first, card] = await Promise.all([
      isWritten
        ? fetchTexts(api, { ...options, texts: options.texts.slice(0, 1) }, abort.signal)
        : fetchFirstFrames(api, options, abort.signal),
      hold(files.card(api, options.model)),
    ])
    const { frames, drawnBy } = first
    if (abort.signal.aborted) return frames.close()
    // The model may have been replaced between the two replies: the card must be of the version that drew the frames.
    const [id, version] = (drawnBy ?? `${card.id}@${card.version}`).split('@')
    const drawnByCard = card.version === version ? card : await hold(files.card(api, `${id}@${version}`))
    const { width, height } = drawnByCard.dataset
    // The first of several texts may be shorter than the others.
    if ((frames.width !== width && !isWritten) || frames.height !== height) {
      const got = `${frames.width} × ${frames.height}`
      frames.close()
      throw elementError('model', `images of ${width} × ${height} pixels, as its card says`, got, 'broken')
    }
    loaded = { card: drawnByCard, path: createPath(options, drawnByCard) }
    if (abort.signal.aborted) return frames.close()
    show(frames)
    if (refineWanted) refineOnce()
  }

  function refineOnce(): void {
    if (!loaded || refining || current?.engine === 'local') return
    refining = true
    loadFinerFrames(loaded).catch(error => {
      refining = false
      handleError(error)
    })
  }

  async function loadFinerFrames({ card, path }: PathInModel): Promise<void> {
    if (files.offline || decodesLocally(options.engine)) {
      const decode = await hold(files.decoder(api, card))
      if (!abort.signal.aborted) show(createLocalFrames(decode, path, card.dataset))
    } else if (options.endpoints.length > 2 || options.texts.length > 1) {
      const model = `${card.id}@${card.version}`
      const frames = isWritten
        ? (await fetchTexts(api, { ...options, model }, abort.signal)).frames
        : await fetchSquare(api, options, card, path, abort.signal)
      if (abort.signal.aborted) frames.close()
      else show(frames)
    }
  }

  function handleError(error: unknown): void {
    if (abort.signal.aborted) return
    // engine="local" demands frames decoded here: for it, those of the API are no substitute.
    if (current && options.engine !== 'local') listener.onWarning(toElementError(error))
    else listener.onError(toElementError(error))
  }

  const firstLoad = files.offline ? loadOffline() : loadFirstFrames()
  firstLoad.catch(handleError)
  return {
    refine() {
      refineWanted = true
      refineOnce()
    },
    close() {
      abort.abort()
      current?.close()
      for (const lease of leases) lease.release()
    },
  }
}

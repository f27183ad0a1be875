import type { Card } from '../../../models/card.ts'
import type { Options } from '../options/attributes.ts'
import { type ElementError, elementError, toElementError } from '../options/element-error.ts'
import { createLocalFrames, type Frames, fetchFirstFrames, fetchSquare, fetchTexts } from './frames.ts'
import { createLatentPath, type LatentPath } from './latent-path.ts'
import type { ModelFiles } from './model-files.ts'
import type { Lease } from './shared-resources.ts'
import { createWritten } from './written-path.ts'

/** The model that frames are decoded by, and the path through its latent space. */
export interface PathInModel {
  card: Card
  path: LatentPath
}

/** What a frame source calls; nothing after `close`. */
export interface FrameListener {
  /** Called with the first frames, and again with the finer ones that replace them. */
  onFrames(frames: Frames, of: PathInModel): void
  /** No frames can be shown. */
  onError(error: ElementError): void
  /** The finer frames failed; the first ones stay. */
  onWarning(error: ElementError): void
}

/**
 * Fetches the frames of one path: first coarse ones from the API, then the decoder, to decode all of them in the page.
 */
export interface FrameSource {
  /** Fetches what smooth movement needs, unless that has begun. */
  refine(): void
  close(): void
}

/** Whether frames are decoded in the page. With 'auto' they are, unless the browser is set to save data. */
function decodesLocally(engine: Options['engine']): boolean {
  const { connection } = navigator as { connection?: { saveData?: boolean } }
  return engine === 'local' || (engine === 'auto' && !connection?.saveData)
}

function createPath(options: Options, card: Card): LatentPath {
  return options.texts.length > 0 ? createWritten(options, card) : createLatentPath(options, card)
}

/** What all requests of one source share. */
interface Request {
  /** Base URL of the server. */
  api: string
  options: Options
  files: ModelFiles
  signal: AbortSignal
  /** The card of `id` or `id@version`, with its density if an end is drawn from that. */
  card(name: string): Promise<Card>
  /** Awaits a shared resource, which is kept until the source is closed. */
  hold<T>(lease: Lease<T>): Promise<T>
}

interface Loaded {
  frames: Frames
  of: PathInModel
}

const isText = ({ texts }: Options) => texts.length > 0

/** Fetches the API's first frames and the model's card, both at once. */
async function fetchFirst({ api, options, signal, card: fetchCard }: Request): Promise<Loaded> {
  const [{ frames, drawnBy }, card] = await Promise.all([
    isText(options)
      ? fetchTexts(api, { ...options, texts: options.texts.slice(0, 1) }, signal)
      : fetchFirstFrames(api, options, signal),
    fetchCard(options.model),
  ])
  try {
    // The model may have been replaced between the two replies; the card must be that of the version which drew the
    // frames.
    const [id, version] = (drawnBy ?? `${card.id}@${card.version}`).split('@')
    const drawnByCard = card.version === version ? card : await fetchCard(`${id}@${version}`)
    checkSize(frames, drawnByCard, options)
    return { frames, of: { card: drawnByCard, path: createPath(options, drawnByCard) } }
  } catch (error) {
    frames.close()
    throw error
  }
}

/** @throws ElementError if the frames do not have the size of the card's images */
function checkSize(frames: Frames, { dataset: { width, height } }: Card, options: Options): void {
  // Of several texts the first may be shorter than the others.
  if ((frames.width === width || isText(options)) && frames.height === height) return
  const got = `${frames.width} × ${frames.height}`
  throw elementError('model', `images of ${width} × ${height} pixels, as its card says`, got, 'broken')
}

/** Fetches what smooth movement needs: the decoder or, if the API decodes, the frames that the first ones leave out. */
async function fetchFiner(request: Request, { card, path }: PathInModel): Promise<Frames | undefined> {
  const { api, options, files, signal, hold } = request
  if (files.offline || decodesLocally(options.engine)) {
    return createLocalFrames(await hold(files.decoder(api, card)), path, card.dataset)
  }
  if (options.texts.length > 1) {
    return (await fetchTexts(api, { ...options, model: `${card.id}@${card.version}` }, signal)).frames
  }
  return options.endpoints.length > 2 ? fetchSquare(api, options, card, path, signal) : undefined
}

/** Opens embedded models, which need no server. */
async function openOffline(request: Request): Promise<Loaded> {
  const card = await request.card(request.options.model)
  const of = { card, path: createPath(request.options, card) }
  return { frames: (await fetchFiner(request, of)) as Frames, of }
}

/** Starts to fetch the first frames and the model's card from the server `api`. */
export function openFrameSource(
  api: string,
  options: Options,
  files: ModelFiles,
  listener: FrameListener,
): FrameSource {
  const abort = new AbortController()
  const leases: Lease<unknown>[] = []
  let shown: Loaded | undefined
  let refineWanted = options.engine === 'local'
  let refining = false
  const request: Request = {
    api,
    options,
    files,
    signal: abort.signal,
    hold(lease) {
      leases.push(lease)
      return lease.value
    },
    card: name =>
      request.hold(
        files.card(
          api,
          name,
          options.endpoints.some(end => end.startsWith('seed')),
        ),
      ),
  }

  function show(loaded: Loaded): void {
    if (abort.signal.aborted) {
      loaded.frames.close()
      return
    }
    shown?.frames.close()
    shown = loaded
    listener.onFrames(loaded.frames, loaded.of)
    if (refineWanted) refine()
  }

  function refine(): void {
    refineWanted = true
    if (!shown || refining || shown.frames.engine === 'local') return
    const { of } = shown
    refining = true
    fetchFiner(request, of).then(
      frames => frames && show({ frames, of }),
      error => {
        refining = false
        handleError(error)
      },
    )
  }

  function handleError(error: unknown): void {
    if (abort.signal.aborted) return
    // engine="local" asks for frames decoded in the page: the API's frames do not replace them.
    if (shown && options.engine !== 'local') listener.onWarning(toElementError(error))
    else listener.onError(toElementError(error))
  }

  const first = files.offline ? openOffline(request) : fetchFirst(request)
  first.then(show).catch(handleError)
  return {
    refine,
    close() {
      abort.abort()
      shown?.frames.close()
      for (const lease of leases) lease.release()
    },
  }
}

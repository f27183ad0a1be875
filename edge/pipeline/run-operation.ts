import { cacheControl } from '../catalog/choose-version.ts'
import { entityTag } from '../http/entity-tag.ts'
import { endedStream, nextFrame, streamEvents } from '../http/event-stream.ts'
import { COMMON_HEADERS } from '../http/headers.ts'
import { IMAGES_PER_UNIT, type RateAccount } from '../http/rate-limit.ts'
import type { Reply } from '../http/reply.ts'
import { startTimer, type Timer } from '../http/server-timing.ts'
import { UNCOMPRESSED_PIXELS } from '../images/encode-png.ts'
import type { Body } from '../operations/body.ts'
import type { OperationContext } from '../operations/operation.ts'
import type { Client, Platform } from '../platform.ts'
import type { HeavyQueue } from './heavy-queue.ts'
import type { ParsedRequest } from './parse-request.ts'
import { countDecoding } from './posted-images.ts'
import { decodeBody, picturesOf } from './read-body.ts'
import { measurePicture, render } from './render.ts'

/** The parts of the server, and the client, that running an operation needs. */
export interface Run {
  platform: Platform
  queue: HeavyQueue
  client: Client
  rate: RateAccount
}

/**
 * Runs an operation and renders its result, or takes the reply from the shared cache.
 *
 * @throws Problem rate-limited, busy, client-gone, and those of the operation
 */
export async function runOperation(run: Run, parsed: ParsedRequest): Promise<Reply> {
  const { platform } = run
  await run.rate.charge(costOf(parsed) - 1)
  const repeatable = isRepeatable(parsed)
  const keep = repeatable && isWorthKeeping(parsed)
  const sharedUrl =
    keep && platform.sharedCache && isWorthSharing(parsed)
      ? `https://answers.local/${platform.build}${parsed.location(parsed.query.seed)}`
      : undefined
  const shared = sharedUrl && (await platform.sharedCache?.match(sharedUrl))
  if (shared) return fromShared(shared, parsed)

  const make = () => makeReply(platform, parsed, repeatable, keep)
  const reply = isHeavy(parsed) ? await run.queue.run(run.client, make) : await make()
  if (sharedUrl && platform.sharedCache) {
    const headers = { ...reply.headers, 'cache-control': cacheControl('pinned') }
    platform.keepAlive(platform.sharedCache.put(sharedUrl, new Response(reply.body, { headers })))
  }
  return reply
}

/** Whether the reply is a stream of events. */
export function isStreamed({ format, operation }: ParsedRequest): boolean {
  return format === 'sse' && operation.stream !== undefined
}

/**
 * Starts a reply that is a stream of events.
 *
 * @param lastEventId of a client that reconnects
 * @throws Problem before the first event
 */
export async function streamOperation(
  run: Run,
  parsed: ParsedRequest,
  lastEventId: string | undefined,
): Promise<Reply> {
  const ended = endedStream(lastEventId)
  if (ended) return ended
  const first = nextFrame(lastEventId)
  await run.rate.charge(costOf(parsed) - 1)
  const seed = seedOf(parsed)
  const start = async () =>
    parsed.operation.stream?.(await contextOf(run.platform, parsed, startTimer(), seed), first)
  const events = isHeavy(parsed) ? await run.queue.run(run.client, start) : await start()
  if (!events) throw new Error(`${parsed.operation.name}: expected a stream`)
  const log = (message: string) => run.platform.log(`${parsed.operation.name}: ${message}`)
  return streamEvents(events, first, aboutOf(parsed, seed.used()), namingHeaders(parsed, undefined), log)
}

/** Pixels or bytes of posted pictures that cost as much to decode as handling one request. */
const DECODING_PER_UNIT = 128 * 1024

/** The units of a client's rate that a request costs. */
export function costOf(parsed: ParsedRequest): number {
  const images = Math.ceil(imagesOf(parsed) / IMAGES_PER_UNIT)
  return Math.max(1, images, Math.ceil(decodingOf(parsed) / DECODING_PER_UNIT))
}

/** Work within these numbers of images and of posted pixels or bytes is light; more takes tens of milliseconds. */
const LIGHT = { images: 32, decoding: 256 * 1024 }

function isHeavy(parsed: ParsedRequest): boolean {
  return imagesOf(parsed) > LIGHT.images || decodingOf(parsed) > LIGHT.decoding
}

function imagesOf({ operation, query, body, model, format }: ParsedRequest): number {
  return operation.count(query, body, model.card, format)
}

function decodingOf({ body }: ParsedRequest): number {
  return body ? countDecoding(picturesOf(body)) : 0
}

/** The seed of one answer: that of the query, else one that is drawn when it is first needed. */
interface Seed {
  used(): number | undefined
  get(): number
}

function seedOf({ query }: ParsedRequest): Seed {
  let used: number | undefined
  return {
    used: () => used,
    get: () => (used ??= query.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]),
  }
}

async function makeReply(
  platform: Platform,
  parsed: ParsedRequest,
  repeatable: boolean,
  keep: boolean,
): Promise<Reply> {
  const timer = startTimer()
  const seed = seedOf(parsed)
  const result = await parsed.operation.run(await contextOf(platform, parsed, timer, seed))
  const rendered = timer.time('encode-image', () =>
    render(result, parsed.format, parsed.query, aboutOf(parsed, seed.used())),
  )
  return {
    status: 200,
    keep: keep && parsed.scope !== 'client',
    body: rendered.body,
    headers: {
      ...COMMON_HEADERS,
      ...rendered.headers,
      'content-length': String(rendered.body.length),
      etag: entityTag(rendered.body),
      ...namingHeaders(parsed, seed.used()),
      'cache-control': repeatable ? cacheControl(parsed.scope) : 'no-store',
      vary: 'accept',
      'server-timing': timer.header(),
    },
  }
}

async function contextOf(
  { pictures }: Platform,
  parsed: ParsedRequest,
  timer: Timer,
  seed: Seed,
): Promise<OperationContext<never>> {
  const { model, query } = parsed
  let body: Body | undefined
  if (parsed.body) {
    const parsedBody = parsed.body
    const invert = query.invertInput ?? false
    body = await timer.timeAsync('decode-image', () => decodeBody(parsedBody, model.card, invert, pictures))
  }
  return {
    card: model.card,
    query: query as never,
    body,
    decode: points => timer.timeAsync('decode', () => model.decode(points)),
    encode: (x, y) => timer.timeAsync('encode', () => model.encode(x, y)),
    file: name => model.file(name),
    seed: seed.get,
  }
}

function aboutOf({ model }: ParsedRequest, seed: number | undefined): Record<string, unknown> {
  const { id, version } = model.card
  return { model: id, version, ...(seed !== undefined && { seed }) }
}

function namingHeaders(parsed: ParsedRequest, seed: number | undefined): Record<string, string> {
  const { id, version } = parsed.model.card
  return {
    'x-model': `${id}@${version}`,
    ...(seed !== undefined && { 'x-seed': String(seed) }),
    ...(parsed.body === undefined && { 'content-location': parsed.location(seed) }),
  }
}

/** A reply found in the shared cache. It was stored under the pinned URL; its Cache-Control is that of this request. */
async function fromShared(cached: Response, parsed: ParsedRequest): Promise<Reply> {
  const headers: Record<string, string> = { ...COMMON_HEADERS }
  for (const name of SHARED_HEADERS) {
    const value = cached.headers.get(name)
    if (value !== null) headers[name] = value
  }
  headers['cache-control'] = cacheControl(parsed.scope)
  headers['server-timing'] = 'cache;desc="shared"'
  const body = new Uint8Array(await cached.arrayBuffer())
  return { status: 200, keep: parsed.scope !== 'client', body, headers }
}

const SHARED_HEADERS = [
  'content-type',
  'content-length',
  'etag',
  'x-model',
  'x-seed',
  'x-shape',
  'content-location',
  'vary',
]

function isRepeatable({ operation, query, body }: ParsedRequest): boolean {
  return (
    body === undefined &&
    (query.seed !== undefined || !operation.query.shape.seed || query.style !== undefined)
  )
}

/** Whether keeping a reply in memory saves time: raw numbers of a few images are computed as quickly as found. */
function isWorthKeeping(parsed: ParsedRequest): boolean {
  const isRaw = parsed.format === 'f32' || parsed.format === 'npy'
  return !isRaw || imagesOf(parsed) >= 16
}

/** Whether looking into the shared cache takes less time than making the reply. */
function isWorthSharing(parsed: ParsedRequest): boolean {
  const { format, query, model } = parsed
  const { height, width } = model.card.dataset
  const { pixels } = measurePicture(format, query, imagesOf(parsed), height * width)
  return format !== 'png' || pixels > UNCOMPRESSED_PIXELS
}

import { type Client, cacheControl } from '../catalog/choose-version.ts'
import type { Models } from '../catalog/models.ts'
import { type Answer, type Answers, entityTag } from '../http/answer-cache.ts'
import { streamEvents } from '../http/event-stream.ts'
import { COMMON_HEADERS } from '../http/headers.ts'
import type { Reply } from '../http/reply.ts'
import { startTimer, type Timer } from '../http/server-timing.ts'
import { SMALL } from '../images/sheet.ts'
import type { Request as Work } from '../operations/operation.ts'
import type { Platform } from '../platform.ts'
import type { Turns } from './heavy-queue.ts'
import type { Job } from './parse-request.ts'
import { measurePicture, render } from './render.ts'

/** What serving an operation needs of its surroundings. */
export interface Service {
  platform: Platform
  models: Models
  answers: Answers
  turns: Turns
  /** Lets work go on after the answer was sent. */
  keepAlive(work: Promise<unknown>): void
  /** Names this build in keys of the shared cache. */
  build: string
}

/** An answer, and whether it may and should be kept in memory. */
export type Served = Answer & { keep: boolean }

/** Does a job, unless it streams. */
export async function perform(service: Service, job: Job, client: Client): Promise<Served> {
  const { operation, query } = job
  const repeatable =
    job.body === undefined && (query.seed !== undefined || !('seed' in operation.query.shape))
  const keep = repeatable && worthKeeping(job)
  const shared =
    keep && worthSharing(job)
      ? `https://answers.local/${service.build}${job.location(query.seed)}`
      : undefined
  const kept = shared && (await service.platform.cache?.match(shared))
  if (kept) return fromShared(kept, job)

  const answer = isHeavy(job)
    ? await service.turns(client, () => make(job, repeatable, keep))
    : await make(job, repeatable, keep)
  if (shared && service.platform.cache) {
    const headers = { ...answer.headers, 'cache-control': 'public, max-age=31536000, immutable' }
    service.keepAlive(service.platform.cache.put(shared, new Response(answer.body, { headers })))
  }
  return answer
}

/** The seed of one answer, drawn once something is made with it if the client named none. */
interface Seed {
  used(): number | undefined
  draw(): number
}

/** The images above which work is heavy: it takes tens of milliseconds, mostly of writing numbers or pixels. */
const HEAVY = 32

function isHeavy({ operation, query, body }: Job): boolean {
  return operation.count(query, body) > HEAVY
}

async function make(job: Job, repeatable: boolean, keep: boolean): Promise<Served> {
  const timer = startTimer()
  const seed = seedOf(job)
  const result = await job.operation.run(workOf(job, timer, seed))
  const rendered = timer.time('encode-image', () =>
    render(result, job.format, job.query, aboutOf(job, seed.used())),
  )
  return {
    keep: keep && job.reach !== 'client',
    body: rendered.body,
    headers: {
      ...COMMON_HEADERS,
      ...rendered.headers,
      'content-length': String(rendered.body.length),
      etag: entityTag(rendered.body),
      ...namingHeaders(job, seed.used()),
      'cache-control': repeatable ? cacheControl(job.reach) : 'no-store',
      vary: 'accept',
      'server-timing': timer.header(),
    },
  }
}

/** Whether a job's answer is a stream of events. */
export function isStreamed(job: Job): boolean {
  return job.format === 'sse' && job.operation.prepare !== undefined
}

/** Begins a job that streams. */
export async function stream(job: Job): Promise<Reply> {
  const seed = seedOf(job)
  const frames = await job.operation.prepare?.(workOf(job, startTimer(), seed))
  if (!frames) throw new Error(`${job.operation.name}: expected a stream`)
  return streamEvents(frames, aboutOf(job, seed.used()), namingHeaders(job, undefined))
}

function seedOf(job: Job): Seed {
  let used: number | undefined
  return {
    used: () => used,
    draw: () => (used ??= job.query.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]),
  }
}

function workOf(job: Job, timer: Timer, seed: Seed): Work<never> {
  const { model, body } = job
  return {
    card: model.card,
    query: job.query as never,
    body,
    decode: z => timer.timeAsync('decode', () => model.decode(z)),
    encode: x => timer.timeAsync('encode', () => model.encode(x)),
    file: name => model.file(name),
    seed: seed.draw,
  }
}

function aboutOf(job: Job, seed: number | undefined): Record<string, unknown> {
  const { id, version } = job.model.card
  return { model: id, version, ...(seed !== undefined && { seed }) }
}

function namingHeaders(job: Job, seed: number | undefined): Record<string, string> {
  const { id, version } = job.model.card
  return {
    'x-model': `${id}@${version}`,
    ...(seed !== undefined && { 'x-seed': String(seed) }),
    ...(job.body === undefined && { 'content-location': job.location(seed) }),
  }
}

/** An answer of the shared cache, which was kept under its pinned address. */
async function fromShared(kept: Response, job: Job): Promise<Served> {
  const names = [
    'content-type',
    'content-length',
    'etag',
    'x-model',
    'x-seed',
    'x-shape',
    'content-location',
    'vary',
  ]
  const headers: Record<string, string> = { ...COMMON_HEADERS }
  for (const name of names) {
    const value = kept.headers.get(name)
    if (value !== null) headers[name] = value
  }
  headers['cache-control'] = cacheControl(job.reach)
  headers['server-timing'] = 'cache;desc="shared"'
  return { keep: job.reach !== 'client', body: new Uint8Array(await kept.arrayBuffer()), headers }
}

/** Whether an answer is worth keeping: raw numbers of a few images are made again as quickly as they are found. */
function worthKeeping(job: Job): boolean {
  const raw = job.format === 'f32' || job.format === 'npy'
  return !raw || job.operation.count(job.query, job.body) >= 16
}

/** Whether it is worth a look in the shared cache, which takes longer than making a small picture. */
function worthSharing({ operation, model, format, query, body }: Job): boolean {
  const { height, width } = model.card.dataset
  const count = operation.count(query, body)
  return format !== 'png' || measurePicture(format, query, count, height * width).pixels > SMALL
}

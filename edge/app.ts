import { type Context, Hono } from 'hono'
import { MODEL_FILES } from '../models/registry/keys.ts'
import type { Asked, Client } from './catalog/choose-version.ts'
import { openModels } from './catalog/models.ts'
import { answerCache, replyWith } from './http/answer-cache.ts'
import { COMMON_HEADERS } from './http/headers.ts'
import { preflight, refuseMethod } from './http/methods.ts'
import { Problem, problemReply, problemResponse, toProblem } from './http/problem.ts'
import { limitRate } from './http/rate-limit.ts'
import { type Reply, toResponse } from './http/reply.ts'
import { OPERATIONS } from './operations/index.ts'
import { docsPage } from './pages/docs.ts'
import { embedPage } from './pages/embed.ts'
import { SHARED, sharedPage } from './pages/link-preview.ts'
import { oembed } from './pages/oembed.ts'
import { describeApi } from './pages/openapi.ts'
import { takeTurns } from './pipeline/heavy-queue.ts'
import { fileAnswer } from './pipeline/model-files.ts'
import { understand } from './pipeline/parse-request.ts'
import { planCache } from './pipeline/parsed-request-cache.ts'
import { isStreamed, perform, type Served, type Service, stream } from './pipeline/serve.ts'
import type { Platform } from './platform.ts'

/** The API: `fetch` answers anything. `repeat`, which it tries first, answers what it knows without any routing. */
export interface App {
  fetch(request: Request, env?: object): Response | Promise<Response>
  /** Answers a GET like one before: from memory, or at least without checking it again. Undefined says nothing. */
  repeat(asked: Asked, client: Client): Reply | Promise<Reply> | undefined
}

/** Bytes of finished answers kept in memory. */
const ANSWER_BYTES = 8 * 2 ** 20

/**
 * The whole API on a platform.
 *
 * @param build names the running code in keys of the platform's shared cache
 * @param keepAlive lets work go on after its request was answered
 */
export function createApp(
  platform: Platform,
  build: string,
  keepAlive: (work: Promise<unknown>) => void,
): App {
  const app = new Hono()
  const answers = answerCache(ANSWER_BYTES)
  const plans = planCache()
  const models = openModels(platform, keepAlive, () => {
    answers.clear()
    plans.clear()
  })
  const service: Service = { platform, models, answers, turns: takeTurns(), keepAlive, build }
  const answerWith =
    (make: (request: Request, client: Client, c: Context) => Promise<Served | Reply>) =>
    async (c: Context) => {
      const request = c.req.raw
      const client = platform.client(request, c.env)
      return toResponse(await answered(service, askedBy(request), client, () => make(request, client, c)))
    }

  for (const operation of OPERATIONS) {
    const path = `/v1/models/:model/${operation.name}`
    app.options(path, () => preflight(operation.methods))
    const handler = answerWith(async (request, client, c) => {
      const job = await understand(models, operation, c.req.param('model') ?? '', request, client)
      if (isStreamed(job)) return stream(job)
      plans.keep(askedBy(request), job)
      return perform(service, job, client)
    })
    app.on(
      operation.methods.map(method => method.toUpperCase()),
      path,
      handler,
    )
    app.all(path, () => refuseMethod(operation.methods))
  }
  app.options('*', () => preflight(['get']))
  for (const file of [...MODEL_FILES, 'card.json'] as const) {
    const path = `/v1/models/:model/${file}`
    const handler = answerWith((_, client, c) =>
      fileAnswer(models, c.req.param('model') ?? '', file, { seed: null, client }),
    )
    app.get(path, handler).all(path, () => refuseMethod(['get']))
  }
  const card = answerWith((_, client, c) =>
    fileAnswer(models, c.req.param('model') ?? '', 'card.json', { seed: null, client }),
  )
  app.get('/v1/models/:model', card).all('/v1/models/:model', () => refuseMethod(['get']))
  app.get('/v1/models', c => listModels(service, c))
  app.all('/v1/models', () => refuseMethod(['get']))
  app.get('/openapi.json', c => c.json(describeApi(), 200, PUBLIC))
  app.get('/docs', async c => docsPage(new URL(c.req.url).origin, await models.list()))
  app.get('/embed', c => embedPage(models, c.req.url))
  app.get('/oembed', c => oembed(models, c.req.url))
  for (const path of SHARED) {
    app.get(path, async c => (await sharedPage(platform, models, c.req.raw)) ?? c.notFound())
  }
  app.get('/healthz', c => c.json({ status: 'ok' }, 200, LIVE))
  app.get('/readyz', c => ready(service, c))
  app.notFound(c => elsewhere(platform, c))
  const explain = (error: Error, method: string, path: string) => {
    const problem = toProblem(error)
    if (problem.code === 'internal') platform.log(`${method} ${path}: ${error.stack ?? error}`)
    return problemReply(problem)
  }
  app.onError((error, c) => toResponse(explain(error, c.req.method, c.req.path)))
  const repeat: App['repeat'] = (asked, client) => {
    if (asked.method !== 'GET' || !platform.store.fresh()) return undefined
    const kept = answers.get(keyOf(asked))
    if (kept) return replyWith(kept, asked.ifNoneMatch, true)
    const job = plans.find(asked)
    return (
      job &&
      answered(service, asked, client, () => perform(service, job, client)).catch(error =>
        explain(error, asked.method, asked.path),
      )
    )
  }
  return {
    repeat,
    fetch(request, env) {
      const known = repeat(askedBy(request), platform.client(request, env))
      if (!known) return app.fetch(request, env)
      return known instanceof Promise ? known.then(toResponse) : toResponse(known)
    },
  }
}

const PUBLIC = { ...COMMON_HEADERS, 'cache-control': 'public, max-age=60, must-revalidate' }
const LIVE = { ...COMMON_HEADERS, 'cache-control': 'no-store' }

function askedBy({ method, url, headers }: Request): Asked {
  return {
    method,
    path: url.slice(url.indexOf('/', 8)),
    accept: headers.get('accept') ?? '',
    ifNoneMatch: headers.get('if-none-match') ?? undefined,
  }
}

function keyOf({ path, accept }: Asked): string {
  return `${path}\n${accept}`
}

/** Makes an answer, after counting the request, and keeps it if it may and should be kept. */
async function answered(
  { platform, models, answers }: Service,
  asked: Asked,
  client: Client,
  make: () => Promise<Served | Reply>,
): Promise<Reply> {
  const before = await models.list()
  const rate = await limitRate(platform, client)
  const made = await make()
  if (!('keep' in made)) return made
  const { body, headers, keep } = made
  // What was made of a list that has changed meanwhile must not outlive it.
  if (keep && asked.method === 'GET' && before === (await models.list())) {
    answers.set(keyOf(asked), { body, headers: { ...headers, 'server-timing': 'cache;desc="memory"' } })
  }
  return replyWith({ body, headers: { ...headers, ...rate } }, asked.ifNoneMatch, false)
}

async function listModels({ models }: Service, c: Context): Promise<Response> {
  const list = (await models.list()).map(({ id, card, canary }) =>
    card
      ? {
          id,
          version: card.version,
          dataset: card.dataset.name,
          kind: card.architecture.kind,
          latentDim: card.architecture.latentDim,
          classes: card.dataset.classes,
          available: true,
          url: `/v1/models/${id}@${card.version}`,
          ...(canary && { canary: { version: canary.card.version, share: canary.share } }),
        }
      : { id, available: false },
  )
  return c.json({ models: list }, 200, PUBLIC)
}

/** 200 once a model has answered: the first that can. Versions that should answer and do not are told all the same. */
async function ready({ models, platform }: Service, c: Context): Promise<Response> {
  for (const { id, card } of await models.list()) {
    if (!card) continue
    try {
      const { model } = await models.find(id)
      const xhat = await model.decode(Float32Array.from(card.prior.mean))
      const troubles = platform.store.troubles?.() ?? []
      if (xhat.every(Number.isFinite)) {
        return c.json({ status: 'ready', model: id, ...(troubles.length > 0 && { troubles }) }, 200, LIVE)
      }
    } catch (error) {
      platform.log(`readyz: ${id}: ${error instanceof Error ? error.message : error}`)
    }
  }
  return problemResponse(new Problem('model-unavailable', 'No model answers.', [], { 'retry-after': '5' }))
}

/** Any other address: the page's, or none. */
async function elsewhere(platform: Platform, c: Context): Promise<Response> {
  const isApi = c.req.path === '/v1' || c.req.path.startsWith('/v1/')
  const page = isApi ? undefined : await platform.page?.(c.req.raw)
  if (page && page.status < 400) return page
  await page?.body?.cancel()
  const detail = `Nothing is at ${c.req.path.slice(0, 100)}. The documentation is at /docs.`
  return problemResponse(new Problem('not-found', detail))
}

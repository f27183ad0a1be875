import { type Context, Hono } from 'hono'
import { MODEL_FILES } from '../models/registry/keys.ts'
import { openCatalog } from './catalog/model-catalog.ts'
import { createCompressor } from './http/compress.ts'
import { applyConditions } from './http/conditional.ts'
import { methodNotAllowed, preflight } from './http/methods.ts'
import { clientGone, Problem, problemReply, toProblem } from './http/problem.ts'
import type { RateAccount } from './http/rate-limit.ts'
import { jsonReply, type Reply, toResponse, withTransportSecurity } from './http/reply.ts'
import { replyCache } from './http/reply-cache.ts'
import type { RequestHead } from './http/request-head.ts'
import { OPERATIONS } from './operations/index.ts'
import type { Operation } from './operations/operation.ts'
import { docsReply } from './pages/docs.ts'
import { embedReply } from './pages/embed.ts'
import { healthReply, readyReply } from './pages/health.ts'
import { SHARED_PATHS, sharedPage } from './pages/link-preview.ts'
import { llmsReply } from './pages/llms.ts'
import { modelListReply } from './pages/model-list.ts'
import { oembedReply } from './pages/oembed.ts'
import { type ApiDocument, buildApiDocument } from './pages/openapi/document.ts'
import { PICTURE_PATH } from './pages/preview-picture/query.ts'
import { previewPictureReply } from './pages/preview-picture/reply.ts'
import { usageReply } from './pages/usage.ts'
import { heavyQueue } from './pipeline/heavy-queue.ts'
import { cardReply, storedFileReply } from './pipeline/model-files.ts'
import { parseRequest } from './pipeline/parse-request.ts'
import { parsedRequestCache } from './pipeline/parsed-request-cache.ts'
import { respond, type Service } from './pipeline/respond.ts'
import { isStreamed, runOperation, streamOperation } from './pipeline/run-operation.ts'
import type { Platform } from './platform.ts'
import { routeProtocols } from './protocols/routes.ts'

/** The API, and the page where the platform has one. */
export interface App {
  /** Answers any request; errors become replies. @param sender by default one that only makes a Response */
  fetch(request: Request, head: RequestHead, sender?: Sender): Response | Promise<Response>
  /**
   * Answers without parsing: with a reply kept in memory, or by running an earlier request again that differs only in its
   * seed. Undefined where there is neither; then call `fetch`, which does not look for them again.
   */
  answerKnown(head: RequestHead): Reply | Promise<Reply> | undefined
  /** Requests that wait in the heavy queue. */
  queued(): number
}

/** Completes the answer to one request for a runtime: adds the runtime's headers, and may send the answer itself. */
export interface Sender {
  reply(reply: Reply): Response | Promise<Response>
  /** Completes a file of the static page. */
  file(file: Response): Response | Promise<Response>
}

const PLAIN_SENDER: Sender = { reply: toResponse, file: file => file }

/** Bytes of replies kept in memory. */
const REPLY_BYTES = 8 * 2 ** 20

type Env = { Bindings: { head: RequestHead; sender: Sender } }
type Handler = (head: RequestHead, c: Context<Env>) => Reply | Promise<Reply>

/** The app on a platform. */
export function createApp(platform: Platform): App {
  const service = openService(platform)
  const app = new Hono<Env>()
  const { compress } = service
  const route = (path: string, methods: readonly string[], handler: Handler) => {
    app.options(path, c =>
      c.env.sender.reply(preflight(methods, c.req.header('access-control-request-headers') ?? null)),
    )
    app.on(
      methods.map(method => method.toUpperCase()),
      path,
      async c => c.env.sender.reply(await compress(await handler(c.env.head, c), c.env.head)),
    )
    app.all(path, () => {
      throw methodNotAllowed(methods)
    })
  }
  routeModels(service, route)
  let api: ApiDocument | undefined
  const describe = () => (api ??= buildApiDocument())
  routePages(service, describe, route)
  routeProtocols(service, describe, (path, methods, handler) =>
    route(path, methods, (head, c) =>
      handler({ head, request: c.req.raw, parameter: name => c.req.param(name as never) }),
    ),
  )
  for (const path of SHARED_PATHS) {
    app.get(path, async c => {
      const page = await sharedPage(platform, service.catalog, c.env.head)
      return page ? c.env.sender.reply(await compress(page, c.env.head)) : c.notFound()
    })
  }
  app.options('*', c =>
    c.env.sender.reply(preflight(['get'], c.req.header('access-control-request-headers') ?? null)),
  )
  app.notFound(async c => c.env.sender.file(await staticFile(platform, c)))
  app.onError((error, c) => c.env.sender.reply(errorReply(platform, error, c.env.head)))
  return {
    fetch: (request, head, sender = PLAIN_SENDER) => app.fetch(request, { head, sender }),
    answerKnown: head => answerKnown(service, head),
    queued: () => service.queue.waiting(),
  }
}

function openService(platform: Platform): Service {
  const replies = replyCache(REPLY_BYTES)
  const parsedRequests = parsedRequestCache()
  const catalog = openCatalog(platform, () => {
    replies.clear()
    parsedRequests.clear()
  })
  const compress = platform.compresses ? createCompressor() : (reply: Reply) => reply
  return { platform, catalog, replies, parsedRequests, queue: heavyQueue(), compress }
}

type Route = (path: string, methods: readonly string[], handler: Handler) => void

function routeModels(service: Service, route: Route): void {
  const { catalog } = service
  for (const operation of OPERATIONS) {
    route(`/v1/models/:model/${operation.name}`, operation.methods, (head, c) =>
      respond(service, head, rate => answerOperation(service, operation, head, rate, c)),
    )
  }
  const nameOf = (c: Context<Env>) => c.req.param('model') ?? ''
  route('/v1/models/:model', ['get'], (head, c) =>
    respond(service, head, () => cardReply(catalog, nameOf(c), c.req.query('density'), head.client)),
  )
  for (const file of [...MODEL_FILES, 'card.json', 'model.sig'] as const) {
    route(`/v1/models/:model/${file}`, ['get'], (head, c) =>
      respond(service, head, () => storedFileReply(service, nameOf(c), file, head.client)),
    )
  }
  route(PICTURE_PATH, ['get'], head =>
    respond(service, head, rate => previewPictureReply(service, head, rate)),
  )
  route('/v1/usage', ['get'], head => usageReply(service.platform, head))
  route('/v1/models', ['get'], async head => applyConditions(await modelListReply(catalog), head))
}

function routePages({ platform, catalog }: Service, describe: () => ApiDocument, route: Route): void {
  const page = (path: string, make: (head: RequestHead) => Reply | Promise<Reply>) =>
    route(path, ['get'], async head => pageReply(await make(head), head))
  page('/openapi.json', () => jsonReply(describe()))
  page('/llms.txt', head => llmsReply(head.origin()))
  page('/docs', async head => docsReply(head.origin(), catalog, describe()))
  page('/embed', head => embedReply(catalog, head))
  page('/oembed', head => oembedReply(catalog, head))
  page(HEALTH_PATH, healthReply)
  page('/readyz', () => readyReply(platform, catalog))
}

/** The address that load balancers ask again and again: answered before routing. */
const HEALTH_PATH = '/healthz'

function pageReply(reply: Reply, head: RequestHead): Reply {
  return applyConditions(withTransportSecurity(reply, head.origin()), head)
}

async function answerOperation(
  service: Service,
  operation: Operation,
  head: RequestHead,
  rate: RateAccount,
  c: Context<Env>,
): Promise<Reply> {
  const { catalog, parsedRequests } = service
  const parsed = await parseRequest(catalog, operation, c.req.param('model') ?? '', c.req.raw, head)
  const run = { ...service, client: head.client, rate }
  if (isStreamed(parsed)) return streamOperation(run, parsed, head.lastEventId)
  parsedRequests.keep(head, parsed)
  return runOperation(run, parsed)
}

function answerKnown(service: Service, head: RequestHead): Reply | Promise<Reply> | undefined {
  if (head.method !== 'GET') return undefined
  if (head.target === HEALTH_PATH) return pageReply(healthReply(), head)
  if (!service.platform.store.isFresh()) return undefined
  const kept = service.replies.get(head.key)
  if (kept) return service.compress(applyConditions(kept, head), head)
  const parsed = service.parsedRequests.find(head)
  if (!parsed) return undefined
  return respond(service, head, rate =>
    runOperation({ ...service, client: head.client, rate }, parsed),
  ).catch(error => errorReply(service.platform, error, head))
}

function errorReply(platform: Platform, error: Error, { method, target, client }: RequestHead): Reply {
  // An error after the client closed its connection comes from that, above all an incomplete body.
  const problem = client.hasHungUp() ? clientGone() : toProblem(error)
  if (problem.code === 'internal') platform.log(`${method} ${target}: ${error.stack ?? error}`)
  return problemReply(problem)
}

/** A file of the static page. @throws Problem not-found for a path without one, method-not-allowed */
async function staticFile(platform: Platform, c: Context<Env>): Promise<Response> {
  const { path, method } = c.req
  const isApi = path === '/v1' || path.startsWith('/v1/')
  const isRead = method === 'GET' || method === 'HEAD'
  const request = isRead ? c.req.raw : new Request(c.req.url)
  const file = isApi ? undefined : await platform.page?.(request)
  if (file && file.status < 400 && isRead) return file
  await file?.body?.cancel()
  if (file && file.status < 400) throw methodNotAllowed(['get'])
  throw new Problem('not-found', `Nothing is at ${path.slice(0, 100)}. The documentation is at /docs.`)
}

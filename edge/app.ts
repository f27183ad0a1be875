import { OpenAPIHono } from '@hono/zod-openapi'
import { cors } from 'hono/cors'
import { type Answer, answerCache, respond } from './answers.ts'
import { openModels } from './models.ts'
import { OPERATIONS } from './operations.ts'
import type { Platform } from './platform.ts'
import { Problem, problemResponse, toProblem } from './problem.ts'
import { serve } from './serve.ts'

export function createApp(platform: Platform, build: string, keepAlive: (work: Promise<unknown>) => void) {
  const app = new OpenAPIHono()
  const models = openModels(platform, keepAlive)
  const answers = answerCache(8 * 2 ** 20)
  const service = { platform, models, answers, keepAlive, build }
  app.use('*', cors({ origin: '*' }))
  for (const operation of OPERATIONS) {
    app.on(
      operation.methods.map(m => m.toUpperCase()),
      `/v1/models/:model/${operation.name}`,
      async c => {
        const answer = await serve(service, operation, c.req.param('model'), c.req.raw)
        return answer instanceof Response
          ? answer
          : respond(answer as Answer, c.req.header('if-none-match') ?? null)
      },
    )
  }
  app.get('/healthz', c => c.json({ status: 'ok' }))
  app.notFound(async c => {
    const page = await platform.page?.(c.req.raw)
    return page ?? problemResponse(new Problem('not-found', `Nothing is at ${c.req.path}.`))
  })
  app.onError((error, c) => {
    const problem = toProblem(error)
    if (problem.code === 'internal') platform.log(`${c.req.method} ${c.req.path}: ${error.stack}`)
    return problemResponse(problem)
  })
  return app
}

import { z } from '@hono/zod-openapi'
import { expect } from 'vitest'
import { ProblemDetails } from '../../edge/http/problem.ts'
import { OPERATIONS } from '../../edge/operations/index.ts'
import { ModelList } from '../../edge/pages/model-list.ts'
import { Oembed } from '../../edge/pages/oembed.ts'
import { AnsweredCard } from '../../edge/pages/openapi/model-paths.ts'

const ABOUT = { model: z.string(), version: z.string(), seed: z.int().optional() }

/** The schema that the documentation gives a path's JSON answer; undefined for paths without one. */
function schemaOf(path: string): z.ZodType | undefined {
  const { pathname } = new URL(path, 'http://localhost')
  if (pathname === '/v1/models') return ModelList
  if (pathname === '/oembed') return Oembed
  const [, name] = /^\/v1\/models\/[^/]+(?:\/(\w+))?$/.exec(pathname) ?? [undefined, '-']
  if (name === undefined) return AnsweredCard
  const operation = OPERATIONS.find(each => each.name === name)
  return operation && z.strictObject({ ...ABOUT, ...operation.answer.shape })
}

/** Checks that a JSON answer has the form that the documentation gives it. */
export async function checkAnswer(path: string, response: Response): Promise<void> {
  const type = response.headers.get('content-type')
  const isProblem = type === 'application/problem+json'
  const schema = isProblem ? ProblemDetails : type === 'application/json' ? schemaOf(path) : undefined
  if (!schema || (!isProblem && response.status !== 200) || !response.body) return
  const text = await response.clone().text()
  // A HEAD has no body.
  if (text === '') return
  const { error } = schema.safeParse(JSON.parse(text))
  expect(error?.issues.slice(0, 3) ?? [], path).toEqual([])
}

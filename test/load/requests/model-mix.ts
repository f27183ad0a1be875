import { encode } from 'fast-png'
import { z } from 'zod'
import { Prior } from '../../../models/card.ts'
import { Moments } from '../../../models/latent-statistics.ts'
import type { Client } from '../client/client.ts'
import type { Draw, RequestKind, RequestMix } from '../client/request-kind.ts'
import { TargetError } from '../client/target.ts'

/** The parts of the server's OpenAPI document that the mix reads: operations with their parameters and reply types. */
const OpenApi = z.looseObject({
  openapi: z.string(),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({
        parameters: z.array(z.looseObject({ name: z.string() })).optional(),
        responses: z
          .record(
            z.string(),
            z.looseObject({ content: z.record(z.string(), z.unknown()).optional() }).optional(),
          )
          .optional(),
      }),
    ),
  ),
})
type OpenApi = z.infer<typeof OpenApi>

/** The parts of a model's card that the mix reads. Fields that a later version adds are ignored. */
const Card = z.looseObject({
  id: z.string(),
  architecture: z.looseObject({ latentDim: z.int().min(1), classes: z.int().optional() }),
  prior: Prior,
  dataset: z.looseObject({ height: z.int().min(1), width: z.int().min(1), classes: z.array(z.string()) }),
  latent: z
    .looseObject({ whole: Moments, classes: z.array(z.looseObject({ images: z.int() })).optional() })
    .optional(),
  files: z.looseObject({ decoder: z.looseObject({ bytes: z.int().min(1) }) }),
})
type Card = z.infer<typeof Card>

const ModelList = z.looseObject({
  models: z.array(z.looseObject({ id: z.string(), available: z.boolean().default(true) })),
})

/** Standard deviations around the mean within which decoded points are drawn. */
const REACH = 2

/**
 * The mix for a model of a server of this project, made from the server's OpenAPI document and the model's card.
 *
 * @param id the model; without it the server's first
 * @throws TargetError when nothing replies, the server is another one, or it does not have the model
 */
export async function loadModelMix(client: Client, target: string, id?: string): Promise<RequestMix> {
  const api = await readJson(client, target, '/openapi.json', OpenApi)
  const list = await readJson(client, target, '/v1/models', ModelList)
  const available = list.models.filter(model => model.available).map(model => model.id)
  const chosen = id ?? available[0]
  if (chosen === undefined) throw new TargetError(`${target} has no model`)
  if (!available.includes(chosen)) {
    throw new TargetError(`--model: expected one of ${available.join(', ')}; got ${chosen}`)
  }
  return modelMix(api, await readJson(client, target, `/v1/models/${encodeURIComponent(chosen)}`, Card))
}

async function readJson<T>(client: Client, target: string, path: string, schema: z.ZodType<T>): Promise<T> {
  const reply = await client.get(path)
  if (!('status' in reply)) throw new TargetError(describeFailure(target, reply.failure, reply.detail))
  const another = `\nFor a server of another kind give the requests in a file: --scenario (test/load/README.md)`
  if (reply.status !== 200) {
    throw new TargetError(`${target}${path.slice(1)}: expected status 200, got ${reply.status}${another}`)
  }
  let content: unknown
  try {
    content = JSON.parse(reply.body.toString())
  } catch {
    throw new TargetError(
      `${target}${path.slice(1)}: expected JSON, got ${reply.type || 'no type'}${another}`,
    )
  }
  const parsed = schema.safeParse(content)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new TargetError(`${target}${path.slice(1)}: ${issue.path.join('.')}: ${issue.message}${another}`)
}

/** Explains in a sentence why no reply came. */
export function describeFailure(target: string, failure: string | undefined, detail = ''): string {
  if (failure === 'tls' && /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(detail)) {
    return `The certificate of ${target} is not accepted (${detail}). --insecure accepts any certificate`
  }
  if (failure === 'tls') return `No TLS session with ${target} (${detail}): is it an http:// address?`
  if (failure === 'connect') return `Nothing answers at ${target} (${detail})`
  return `${target}: ${failure}: ${detail}`
}

const PNG = { begins: '\x89PNG\r\n\x1a\n', ends: 'IEND\xaeB`\x82' }
const JSON_OBJECT = { begins: '{', ends: '}' }

/**
 * The requests of typical use: mostly new images, some of them from one link that many follow, then the widget's first
 * frames, latents dragged over a plane, images to reconstruct, and now and then a decoder for a browser's own engine.
 * Operations and reply types that the document does not list are left out.
 */
export function modelMix(api: OpenApi, card: Card): RequestMix {
  const { height, width } = card.dataset
  // A class without training images cannot be sampled.
  const classes = card.dataset.classes.filter((_, i) => card.latent?.classes?.[i]?.images !== 0)
  const d = card.architecture.latentDim
  const hasClasses = classes.length > 0
  const z = Array.from({ length: d }, (_, k) => `{z${k + 1}}`).join(',')
  const sheet = `sample?n=16&seed={seed}${hasClasses ? '&class={class}' : ''}&scale=2&format=png`
  // The decoder of a conditional model takes a class beside z.
  const takesClass = card.architecture.classes !== undefined && hasParameter(api, 'decode', 'class')
  const end = hasClasses ? 'class:{class}' : 'seed:{seed}'
  const png = { type: 'image/png', body: PNG }
  const floats = (images: number) => ({
    type: 'application/octet-stream',
    body: { bytes: images * height * width * 4 },
  })
  const json = { type: 'application/json', body: JSON_OBJECT }
  const kinds = [
    kind('sample-1-png', 18, 'sample?n=1&seed={seed}&scale=4&format=png', png),
    kind('sample-1-f32', 14, 'sample?n=1&seed={seed}&format=f32', floats(1)),
    kind('sample-16-png', 12, sheet, png),
    kind('sample-16-f32', 6, 'sample?n=16&seed={seed}&format=f32', floats(16)),
    kind('sample-linked', 10, 'sample?n=16&seed=7&scale=4&format=png', png),
    kind('interpolate-apng', 5, `interpolate?from=seed:{seed}&to=${end}&steps=12&scale=2&format=apng`, {
      type: 'image/apng',
      body: { ...PNG, has: 'acTL' },
    }),
    kind('interpolate-json', 5, 'interpolate?from=seed:{seed}&to=seed:{seed}&steps=12&format=json', json),
    // A grid varies two dimensions.
    ...(d > 1 ? [kind('grid', 4, 'grid?format=png', png)] : []),
    kind('decode', 14, `decode?z=${z}${takesClass ? '&class={class}' : ''}&format=png`, png),
    kind('card', 5, '', json),
    kind('decoder', 1, 'decoder.onnx', {
      type: 'application/octet-stream',
      body: { begins: '\x08', bytes: card.files.decoder.bytes },
    }),
    {
      ...kind('reconstruct', 6, 'reconstruct?format=png', png),
      method: 'POST' as const,
      headers: { 'content-type': 'image/png' },
      body: makeImage(height, width),
    },
  ]
  return {
    name: card.id,
    kinds: kinds
      .filter(each => isListed(api, each))
      .map(each => ({ ...each, path: each.path.replace('{model}', encodeURIComponent(card.id)) })),
    values: {
      seed: { integer: [0, 999_999] },
      ...(hasClasses && { class: { choice: classes } }),
      ...latentDraws(card),
    },
  }
}

function kind(
  name: string,
  weight: number,
  operation: string,
  { type, body }: { type: string; body: RequestKind['expect']['body'] },
): RequestKind {
  const path = `/v1/models/{model}${operation && `/${operation}`}`
  return { name, weight, method: 'GET', path, expect: { status: 200, type, body } }
}

/** Whether the document has a request's path and method, with the type of its reply. */
function isListed({ paths }: OpenApi, { path, method, expect }: RequestKind): boolean {
  const operation = paths[path.split('?')[0]]?.[method.toLowerCase()]
  return operation?.responses?.['200']?.content?.[expect.type!] !== undefined
}

function hasParameter({ paths }: OpenApi, operation: string, name: string): boolean {
  const parameters = paths[`/v1/models/{model}/${operation}`]?.get?.parameters ?? []
  return parameters.some(parameter => parameter.name === name)
}

/** A coordinate for each latent dimension, around the mean of the training images' latents; of the prior without them. */
function latentDraws({ prior, latent }: Card): Record<string, Draw> {
  const draws = prior.mean.map((priorMean, k): [string, Draw] => {
    const mean = latent?.whole.mean[k] ?? priorMean
    const deviation = Math.sqrt(latent?.whole.covariance[k][k] ?? prior.variance[k])
    return [`z${k + 1}`, { number: [mean - REACH * deviation, mean + REACH * deviation] }]
  })
  return Object.fromEntries(draws)
}

/** A grey PNG of the model's size to post: a bright ellipse on black. */
function makeImage(height: number, width: number): Buffer {
  const data = Uint8Array.from({ length: height * width }, (_, i) => {
    const x = ((i % width) + 0.5 - width / 2) / (0.3 * width)
    const y = (Math.floor(i / width) + 0.5 - height / 2) / (0.35 * height)
    return Math.round(255 * Math.exp(-((x * x + y * y) ** 2)))
  })
  return Buffer.from(encode({ width, height, data, channels: 1 }))
}

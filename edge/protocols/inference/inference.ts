import { concatBytes } from '../../../models/files/bytes.ts'
import { joinRows } from '../../../models/rows.ts'
import type { Model } from '../../catalog/model.ts'
import type { ModelCatalog } from '../../catalog/model-catalog.ts'
import { findReadyModel } from '../../catalog/ready-model.ts'
import { COMMON_HEADERS } from '../../http/headers.ts'
import { PROBLEMS, toProblem, wrongValue } from '../../http/problem.ts'
import { IMAGES_PER_UNIT, type RateAccount } from '../../http/rate-limit.ts'
import type { Reply } from '../../http/reply.ts'
import type { RequestHead } from '../../http/request-head.ts'
import { readBytes } from '../../pipeline/body-bytes.ts'
import type { Service } from '../../pipeline/respond.ts'
import { JSON_LENGTH, readInferenceRequest } from './request-body.ts'
import { type Part, tensorsOf } from './tensors.ts'

/*
 * The Open Inference Protocol, version 2, as KServe, Triton and Seldon speak it, with its binary tensor data extension.
 * https://github.com/open-inference/open-inference-protocol. A model is named ID.decoder or ID.encoder.
 */

const HEADERS = { ...COMMON_HEADERS, 'cache-control': 'no-store', 'content-type': 'application/json' }

function json(status: number, value: unknown): Reply {
  return { status, headers: HEADERS, body: new TextEncoder().encode(JSON.stringify(value)) }
}

/** Answers with the protocol's form of an error, `{ "error": … }`, where `make` fails. */
export async function withInferenceErrors(service: Service, make: () => Promise<Reply>): Promise<Reply> {
  try {
    return await make()
  } catch (error) {
    const problem = toProblem(error, 'body')
    if (problem.code === 'internal') service.platform.log(`/v2: ${(error as Error).stack ?? error}`)
    const reply = json(PROBLEMS[problem.code].status, { error: problem.message })
    return { ...reply, headers: { ...reply.headers, ...problem.headers } }
  }
}

/** GET /v2: the server. */
export function serverMetadata(): Reply {
  return json(200, { name: 'latent-edge', version: '1', extensions: ['binary_tensor_data'] })
}

/** GET /v2/health/live. */
export function liveReply(): Reply {
  return json(200, { live: true })
}

/** GET /v2/health/ready: whether a model answers. */
export async function serverReadyReply({ platform, catalog }: Service): Promise<Reply> {
  const ready = !platform.isShuttingDown?.() && (await findReadyModel(platform, catalog)) !== undefined
  return json(ready ? 200 : 503, { ready })
}

interface Target {
  model: Model
  part: Part
  name: string
}

/** A model by its name in the protocol. @throws Problem unknown-model, unknown-version */
async function findTarget(
  catalog: ModelCatalog,
  name: string,
  version: string | undefined,
  head: RequestHead,
): Promise<Target> {
  const dot = name.lastIndexOf('.')
  const part = name.slice(dot + 1)
  if (dot < 1 || (part !== 'encoder' && part !== 'decoder')) {
    throw wrongValue('path', 'model', 'ID.decoder or ID.encoder', name, 'unknown-model')
  }
  const id = name.slice(0, dot) + (version ? `@${version}` : '')
  const { model } = await catalog.find(id, { seed: null, client: head.client })
  return { model, part, name }
}

/** GET /v2/models/NAME and /versions/VERSION: tensors with their shapes. */
export async function modelMetadata(
  { catalog }: Service,
  head: RequestHead,
  name: string,
  version: string | undefined,
): Promise<Reply> {
  const { model, part } = await findTarget(catalog, name, version, head)
  return json(200, {
    name,
    versions: [model.card.version],
    platform: 'onnx_onnxv1',
    ...tensorsOf(model.card, part),
  })
}

/** GET …/ready: whether the model decodes or encodes. */
export async function modelReadyReply(
  { catalog }: Service,
  head: RequestHead,
  name: string,
  version: string | undefined,
): Promise<Reply> {
  const target = await findTarget(catalog, name, version, head)
  const { inputs } = tensorsOf(target.model.card, target.part)
  try {
    await run(
      target,
      inputs.map(({ shape }) => new Float32Array(shape[1])),
      1,
    )
    return json(200, { name, ready: true })
  } catch {
    return json(503, { name, ready: false })
  }
}

/** POST …/infer. */
export async function inferReply(
  service: Service,
  request: Request,
  head: RequestHead,
  rate: RateAccount,
  name: string,
  version: string | undefined,
): Promise<Reply> {
  const target = await findTarget(service.catalog, name, version, head)
  const { card } = target.model
  const metadata = tensorsOf(card, target.part)
  const body = await readBytes(request)
  const inference = readInferenceRequest(body, request.headers.get(JSON_LENGTH), metadata)
  await rate.charge(Math.ceil(inference.batch / IMAGES_PER_UNIT) - 1)
  const compute = () => run(target, inference.inputs, inference.batch)
  const isHeavy = inference.batch > 2 * IMAGES_PER_UNIT
  const results = await (isHeavy ? service.queue.run(head.client, compute) : compute())
  const binary: Uint8Array[] = []
  const outputs = inference.outputs.map(output => {
    const data = results[output.name]
    const shape = [inference.batch, data.length / inference.batch]
    const tensor = { name: output.name, datatype: 'FP32', shape }
    if (!output.binary) return { ...tensor, data: Array.from(data) }
    binary.push(new Uint8Array(data.slice().buffer))
    return { ...tensor, parameters: { binary_data_size: data.byteLength } }
  })
  const id = inference.id === undefined ? {} : { id: inference.id }
  const reply = json(200, { model_name: name, model_version: card.version, ...id, outputs })
  return binary.length === 0 ? reply : appendBinary(reply, binary)
}

async function run({ model, part }: Target, inputs: Float32Array[], batch: number) {
  const rows = inputs.length === 1 ? inputs[0] : joinRows(inputs, batch)
  if (part === 'decoder') return { xhat: await model.decode(rows) } as Record<string, Float32Array>
  return model.encode(inputs[0], inputs[1])
}

/** The binary extension's form: the JSON's length in a header, and the tensors' bytes after it. */
function appendBinary(reply: Reply, tensors: readonly Uint8Array[]): Reply {
  const json = reply.body as Uint8Array
  const headers = {
    ...reply.headers,
    'content-type': 'application/octet-stream',
    [JSON_LENGTH]: String(json.length),
  }
  return { ...reply, headers, body: concatBytes([json, ...tensors]) }
}

import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createApp } from '../../edge/app.ts'
import { sessionCache } from '../../edge/catalog/session-cache.ts'
import type { ApiKeyEntry } from '../../edge/http/api-keys.ts'
import { toResponse } from '../../edge/http/reply.ts'
import { headOf } from '../../edge/http/request-head.ts'
import { buildAssets, buildWorker, FOLDERS } from '../../edge/node/build.ts'
import { folderStore } from '../../edge/node/folder-store.ts'
import { nativeRuntime } from '../../edge/node/native-runtime.ts'
import { nodeDecoders } from '../../edge/node/node-decoders.ts'
import { startServer } from '../../edge/node/server.ts'
import { startWorkerd } from '../../edge/node/workerd.ts'
import { checkAnswer } from './check-answers.ts'
import { writeModel } from './fixture-model.ts'

/** A running API. Its JSON answers are checked against their schemas. */
export interface Api {
  url: string
  fetch(path: string, init?: RequestInit): Promise<Response>
  stop(): Promise<void>
}

const SESSION_BYTES = 64 * 2 ** 20

/** The trained model of the tests, from the zoo. */
export const TRAINED = 'mnist-vae-l2-z2'

/** A conditional model of digits with random weights and a density. */
export const CONDITIONAL = 'digits-cvae-z5'

/** What the API runs on. */
export const RUNTIMES = ['in process', 'workerd', 'node'] as const
/** One of `RUNTIMES`. */
export type RuntimeName = (typeof RUNTIMES)[number]

/** Folders of one test file: a zoo and the Worker that was built with it. */
export interface TestFolders {
  root: string
  zoo: string
  assets: string
  worker: string
  remove(): Promise<void>
}

/**
 * A zoo with the trained model, models of other shapes, and three that cannot be used: `torn` has another model's
 * decoder, `lost` has no decoder, and `blank` has a file that is not a card.
 */
export async function makeTestFolders(): Promise<TestFolders> {
  const root = await mkdtemp(path.join(tmpdir(), 'latent-edge-'))
  const zoo = path.join(root, 'zoo')
  await cp(path.join(FOLDERS.zoo, TRAINED), path.join(zoo, TRAINED), { recursive: true })
  await writeModel(zoo, { id: 'small-ae-z8', kind: 'ae', latentDim: 8, height: 20, width: 28, layers: 3 })
  await writeModel(zoo, {
    id: 'shifted-vae-z3',
    kind: 'vae',
    latentDim: 3,
    prior: { mean: [5, 10, -1], variance: [1, 4, 0.25] },
    classes: ['Coat', 'Bag', 'Ankle boot'],
  })
  await writeModel(zoo, {
    id: 'line-vae-z1',
    kind: 'vae',
    latentDim: 1,
    output: 'identity',
    height: 8,
    width: 8,
  })
  await writeModel(zoo, {
    id: CONDITIONAL,
    kind: 'vae',
    latentDim: 5,
    classes: [...'0123456789'],
    conditional: true,
  })
  const small = { kind: 'ae', latentDim: 2, height: 8, width: 8 } as const
  for (const id of ['torn', 'lost', 'blank']) await writeModel(zoo, { ...small, id })
  const [assets, worker] = [path.join(root, 'assets'), path.join(root, 'worker')]
  await writeModel(path.join(root, 'other'), { ...small, id: 'torn', seed: 9 })
  await writeFile(path.join(zoo, 'blank/card.json'), '{"id":"blank"}')
  await buildAssets({ zoo, assets }, () => {})
  for (const folder of [zoo, path.join(assets, 'zoo')]) {
    await cp(path.join(root, 'other/torn/decoder.onnx'), path.join(folder, 'torn/decoder.onnx'))
    await rm(path.join(folder, 'lost/decoder.onnx'))
  }
  return { root, zoo, assets, worker, remove: () => rm(root, { recursive: true, force: true }) }
}

/** Starts the API on a runtime. @param options.rate requests a minute and client; 0 for no limit */
export async function startApi(
  name: RuntimeName,
  folders: TestFolders,
  { rate = 0, defaultModel, keys }: { rate?: number; defaultModel?: string; keys?: ApiKeyEntry[] } = {},
): Promise<Api> {
  const log = () => {}
  if (name === 'in process') {
    const keepAlive = () => {}
    const runtime = nativeRuntime(SESSION_BYTES)
    const app = createApp({
      store: folderStore(folders.zoo),
      runtime,
      sessions: sessionCache(SESSION_BYTES, keepAlive),
      defaultModel,
      pictures: nodeDecoders(),
      keepAlive,
      build: 'test',
      log,
    })
    return {
      url: 'http://localhost',
      async fetch(url, init) {
        const request = new Request(`http://localhost${url}`, init)
        const head = headOf(request, { address: () => 'test', hasHungUp: () => request.signal.aborted })
        const known = await app.answerKnown(head)
        const response = known ? toResponse(known) : await app.fetch(request, head)
        await checkAnswer(url, response)
        return response
      },
      stop: async () => {},
    }
  }
  const host = '127.0.0.1'
  const { zoo, assets, worker } = folders
  const running =
    name === 'workerd'
      ? await startWorkerd({ host, port: 0, worker, assets, limit: rate, defaultModel, keys, log })
      : await startServer({
          host,
          port: 0,
          models: zoo,
          defaultModel,
          keys,
          rate,
          trustProxy: false,
          sessionBytes: SESSION_BYTES,
          log,
        })
  return {
    url: running.url,
    async fetch(url, init) {
      const response = await fetch(running.url + url, init)
      await checkAnswer(url, response)
      return response
    },
    stop: () => running.stop(),
  }
}

/** Bundles the Worker of a test file. */
export function bundle(folders: TestFolders): Promise<string> {
  return buildWorker(folders)
}

import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startServer } from '../../edge/node/server.ts'
import { promoteVersion } from '../../export/registry/promote.ts'
import { pushModel } from '../../export/registry/push.ts'
import { signFolder } from '../../export/registry/sign.ts'
import { openFolder } from '../../export/registry/stores/folder.ts'
import { fileKey, MODEL_FILES } from '../../models/registry/keys.ts'
import { readVerificationKey, type VerificationKey } from '../../models/registry/verification-key.ts'
import { checkVersion } from '../../models/registry/version.ts'
import { openSigned } from '../../web/catalog/signed-model.ts'
import { OPTIONS } from '../edge/node/node-fixture.ts'
import { type DeploymentFolders, makeFolders } from './deployments.ts'
import { ID, type Made, makeVersion } from './fixtures.ts'

const keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
const privateKey = createPrivateKey(keys.privateKey.export({ type: 'pkcs8', format: 'pem' }))

let folders: DeploymentFolders
let key: VerificationKey
let server: Awaited<ReturnType<typeof startServer>>
let made: Made[]
const folder = () => path.join(folders.root, 'bucket')

beforeAll(async () => {
  folders = await makeFolders()
  await mkdir(folder())
  key = await readVerificationKey(keys.publicKey.export({ type: 'spki', format: 'pem' }) as string)
  made = await Promise.all([1, 2, 3].map(seed => makeVersion(path.join(folders.root, `v${seed}`), seed)))
  for (const id of ['signed-ae-z2', 'unsigned-ae-z2']) await makeVersion(folders.zoo, 9, { id })
  await signFolder(path.join(folders.zoo, 'signed-ae-z2'), privateKey)
  server = await startServer({
    ...OPTIONS,
    channelSeconds: 0.1,
    models: folders.zoo,
    bucket: folder(),
    key,
  })
})
afterAll(async () => {
  await server?.stop()
  await folders?.remove()
})

const answering = async () => {
  const reply = await fetch(`${server.url}/v1/models/${ID}/sample?seed=1`)
  return reply.status === 200 ? reply.headers.get('x-model') : reply.status
}

test('a server with a key serves only signed models and versions', async () => {
  const bucket = openFolder(folder())
  const [signed, unsigned, next] = made
  await pushModel(bucket, signed, () => {}, privateKey)
  await pushModel(bucket, unsigned)
  const by = 'test'
  await promoteVersion(bucket, { id: ID, version: signed.card.version, by, key })
  await expect.poll(answering).toBe(`${ID}@${signed.card.version}`)

  await expect(promoteVersion(bucket, { id: ID, version: unsigned.card.version, by, key })).rejects.toThrow(
    /model\.sig: expected a signature by the key [0-9a-f]{12}…, found none/,
  )
  // Someone who can write to the bucket does not need the command.
  await promoteVersion(bucket, { id: ID, version: unsigned.card.version, by })
  const incidents = async () => JSON.stringify(await (await fetch(`${server.url}/readyz`)).json())
  await expect.poll(incidents).toContain('model.sig: expected a signature')
  expect(await answering()).toBe(`${ID}@${signed.card.version}`)
  expect((await fetch(`${server.url}/v1/models/${ID}@${unsigned.card.version}/sample`)).status).toBe(503)

  await pushModel(bucket, next, () => {}, privateKey)
  await promoteVersion(bucket, { id: ID, version: next.card.version, by, key })
  await expect.poll(answering).toBe(`${ID}@${next.card.version}`)

  const status = async (id: string) => (await fetch(`${server.url}/v1/models/${id}/sample?seed=1`)).status
  expect([await status('signed-ae-z2'), await status('unsigned-ae-z2')]).toEqual([200, 503])
})

test('a card changed after signing is refused even if all its hashes are right', async () => {
  const bucket = openFolder(folder())
  const { card } = made[0]
  expect(await checkVersion(bucket, ID, card.version, key)).toEqual([])
  const file = path.join(folder(), fileKey(ID, card.version, 'card.json'))
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace('"value": 0.2', '"value": 0.1'))
  expect(await checkVersion(bucket, ID, card.version)).toEqual([])
  expect(await checkVersion(bucket, ID, card.version, key)).toEqual([
    expect.stringMatching(/card\.json: expected SHA-256 [0-9a-f]{64}, as signed, got [0-9a-f]{64}$/),
  ])
})

test('a page with a key takes a signed model from any server, and refuses it unsigned or with a bit flipped in any file', async () => {
  // The page's own code over the network. A server without a key stands for an untrusted one.
  const options = {
    host: '127.0.0.1',
    port: 0,
    log: () => {},
    models: folders.zoo,
    rate: 0,
    trustProxy: false,
  }
  const untrusted = await startServer({ ...options, sessionBytes: 2 ** 26 })
  const pem = keys.publicKey.export({ type: 'spki', format: 'pem' }) as string
  const fetched = globalThis.fetch
  const versionUrl = async (id: string) => {
    const url = `${untrusted.url}/v1/models/${id}`
    return `${url}@${((await (await fetched(url)).json()) as { version: string }).version}`
  }
  const takeAll = async (url: string) => {
    const { card, check } = await openSigned(url, pem)
    for (const file of MODEL_FILES) {
      await check(file, new Uint8Array(await (await fetch(`${url}/${file}`)).arrayBuffer()))
    }
    return card.id
  }
  try {
    const url = await versionUrl('signed-ae-z2')
    expect(await takeAll(url)).toBe('signed-ae-z2')
    for (const file of [...MODEL_FILES, 'card.json', 'model.sig']) {
      vi.stubGlobal('fetch', async (address: string, init?: RequestInit) => {
        const response = await fetched(address, init)
        if (!address.endsWith(`/${file}`)) return response
        const bytes = new Uint8Array(await response.arrayBuffer())
        bytes[bytes.length >> 1] ^= 1
        return new Response(bytes, response)
      })
      await expect(takeAll(url)).rejects.toThrow(
        new RegExp(`^This page shows only signed models, and signed-ae-z2@\\w+ is not one: ${file}: `),
      )
    }
    vi.unstubAllGlobals()
    await expect(takeAll(await versionUrl('unsigned-ae-z2'))).rejects.toThrow('has no signature')
  } finally {
    vi.unstubAllGlobals()
    await untrusted.stop()
  }
})

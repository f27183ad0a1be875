import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildAssets, buildPage, buildWorker } from '../../edge/node/build.ts'
import { type Running, startWorkerd } from '../../edge/node/workerd.ts'
import { promoteVersion } from '../../export/registry/promote.ts'
import { pushModel } from '../../export/registry/push.ts'
import { signFolder } from '../../export/registry/sign.ts'
import type { Bucket } from '../../export/registry/stores/bucket.ts'
import { openLocal } from '../../export/registry/stores/local-r2.ts'
import { launchBrowser } from '../support/browser.ts'
import { type DeploymentFolders, makeFolders } from './deployments.ts'
import { ID, makeVersion } from './fixtures.ts'

const keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
const privateKey = createPrivateKey(keys.privateKey.export({ type: 'pkcs8', format: 'pem' }))
const publicPem = keys.publicKey.export({ type: 'spki', format: 'pem' }) as string

let folders: DeploymentFolders
let bucket: Bucket
let workerd: Running
let browser: Browser

beforeAll(async () => {
  folders = await makeFolders()
  const inRoot = (name: string) => path.join(folders.root, name)
  await writeFile(inRoot('key.pub'), publicPem)
  for (const id of ['signed-ae-z2', 'unsigned-ae-z2']) await makeVersion(folders.zoo, 9, { id })
  await signFolder(path.join(folders.zoo, 'signed-ae-z2'), privateKey)
  const built = {
    zoo: folders.zoo,
    page: inRoot('page'),
    assets: inRoot('assets'),
    worker: inRoot('worker'),
  }
  await buildPage(built.page, inRoot('key.pub'))
  await buildAssets(built)
  await buildWorker(built)
  const log = () => {}
  const common = { host: '127.0.0.1', port: 0, limit: 0, channelSeconds: 0.1, log }
  workerd = await startWorkerd({
    ...common,
    ...built,
    state: inRoot('state'),
    verifyKey: publicPem,
  })
  bucket = await openLocal(inRoot('state'))
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await bucket?.close()
  await workerd?.stop()
  await folders?.remove()
})

test('workerd with VERIFY_KEY answers with signed versions of its bucket alone, and says why', async () => {
  const answering = async () => {
    const reply = await fetch(`${workerd.url}/v1/models/${ID}/sample?seed=1`)
    return reply.status === 200 ? reply.headers.get('x-model') : reply.status
  }
  const signed = await makeVersion(path.join(folders.root, 'v1'), 1)
  const unsigned = await makeVersion(path.join(folders.root, 'v2'), 2)
  await pushModel(bucket, signed, () => {}, privateKey)
  await pushModel(bucket, unsigned)
  await promoteVersion(bucket, { id: ID, version: signed.card.version, by: 'test' })
  await expect.poll(answering).toBe(`${ID}@${signed.card.version}`)
  await promoteVersion(bucket, { id: ID, version: unsigned.card.version, by: 'test' })
  const incidents = async () => JSON.stringify(await (await fetch(`${workerd.url}/readyz`)).json())
  await expect.poll(incidents).toContain('model.sig: expected a signature')
  expect(await answering()).toBe(`${ID}@${signed.card.version}`)
})

/** Opens a model in the page; a byte of the file `spoiled` is changed on its way. Returns the failure shown, or ''. */
async function openModel(id: string, spoiled?: string): Promise<string> {
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 } })
  try {
    const page: Page = await context.newPage()
    if (spoiled) {
      await page.route(`**/${spoiled}`, async route => {
        const response = await route.fetch()
        const body = await response.body()
        body[body.length >> 1] ^= 1
        await route.fulfill({ response, body })
      })
    }
    await page.goto(`${workerd.url}/?model=${id}&engine=plain`)
    const failure = page.locator('.empty[role="alert"]').first()
    const drawn = page.waitForFunction(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('.decoded canvas')
      const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data
      return data?.some((value, i) => i % 4 === 3 && value > 0) ?? false
    })
    await Promise.race([failure.waitFor(), drawn])
    if (spoiled === 'latents.safetensors') await failure.waitFor()
    return (await failure.isVisible()) ? ((await failure.textContent()) ?? '') : ''
  } finally {
    await context.close()
  }
}

test('a page built with a key shows a signed model, and refuses one without a signature', async () => {
  expect(await openModel('signed-ae-z2')).toBe('')
  expect(await openModel('unsigned-ae-z2')).toMatch(
    /This page shows only signed models, and unsigned-ae-z2@[0-9a-f]{12} is not one: .* has no signature/,
  )
})

test.each(['card.json', 'decoder.onnx', 'latents.safetensors', 'model.sig'])(
  'a page built with a key refuses a model with one bit of %s flipped on its way',
  async file => {
    expect(await openModel('signed-ae-z2', file)).toContain(
      `This page shows only signed models, and signed-ae-z2@`,
    )
  },
)

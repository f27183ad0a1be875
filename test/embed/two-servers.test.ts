import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NodeServer } from '../../edge/node/server.ts'
import { writeModel } from '../edge/fixture-model.ts'
import { type EmbedSite, element, MODEL, openPage, PATH, serveModels, startEmbedSite } from './embed-site.ts'

let site: EmbedSite
let folder: string
let second: NodeServer
beforeAll(async () => {
  site = await startEmbedSite()
  folder = await mkdtemp(path.join(tmpdir(), 'latent-second-'))
  await writeModel(folder, { id: 'only-on-second', kind: 'ae', latentDim: 2, layers: 1 })
  await cp(path.join(site.zoo, MODEL), path.join(folder, MODEL), { recursive: true })
  second = await serveModels(folder, site.page)
})
afterAll(async () => {
  await second.stop(0)
  await rm(folder, { recursive: true })
  await site.stop()
})

const script = (home: string) => `<script type="module" src="${home}/embed/latent-interpolation.js"></script>`
const onlyOnSecond = element('model="only-on-second" from="seed:1" to="seed:2"')
const addPage = (body: string) =>
  site.addPage('two.html', `<!doctype html><html lang="en"><title>Two</title><body>${body}</body></html>`)
/** The servers asked for frames, in this order. */
const serversAsked = (requests: readonly string[]) =>
  requests.filter(url => url.includes('/interpolate?')).map(url => new URL(url).origin)
const waitForFrames = (page: Page) =>
  page.waitForFunction(() =>
    [...document.querySelectorAll('latent-interpolation')].every(node => node.decoding),
  )

test('an element asks the server of the nearest script before it', async () => {
  const { page, requests } = await openPage(
    site,
    addPage(script(site.home) + script(second.url) + onlyOnSecond),
  )
  await waitForFrames(page)
  expect(serversAsked(requests)).toEqual([second.url])
  await page.close()
})

test('an element asks the other server if the nearest does not have the model', async () => {
  const { page, requests } = await openPage(
    site,
    addPage(script(second.url) + script(site.home) + onlyOnSecond),
  )
  await waitForFrames(page)
  expect(serversAsked(requests)).toEqual([site.home, second.url])
  await page.close()
})

test('each of two snippets asks its own server, once, even if one script runs while a reply is awaited', async () => {
  const page = await site.browser.newPage()
  const requests: string[] = []
  page.on('request', request => requests.push(request.url()))
  const framesAsked = Promise.withResolvers<void>()
  const secondScriptRan = Promise.withResolvers<void>()
  await page.route(`${second.url}/embed/latent-interpolation.js`, async route => {
    await framesAsked.promise
    await route.continue()
  })
  await page.route(`${site.home}/v1/**/interpolate?**`, async route => {
    framesAsked.resolve()
    await secondScriptRan.promise
    await route.continue()
  })
  const opened = page.goto(addPage(script(site.home) + element(PATH) + script(second.url) + element(PATH)))
  await framesAsked.promise
  await opened
  // The page's load event comes after its module scripts; an animation frame later, all elements have asked.
  await page.evaluate(() => new Promise(requestAnimationFrame))
  secondScriptRan.resolve()
  await waitForFrames(page)
  expect(serversAsked(requests).sort()).toEqual([site.home, second.url].sort())
  await page.close()
})

test('an element whose server failed asks the one whose script runs later', async () => {
  const page = await site.browser.newPage()
  const requests: string[] = []
  page.on('request', request => requests.push(request.url()))
  await page.goto(addPage(script(site.home) + onlyOnSecond))
  await page.locator('latent-interpolation .notice').waitFor()
  await page.addScriptTag({ type: 'module', url: `${second.url}/embed/latent-interpolation.js` })
  await waitForFrames(page)
  expect(serversAsked(requests)).toEqual([site.home, second.url])
  await page.close()
})

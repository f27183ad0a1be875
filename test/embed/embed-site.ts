import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { FOLDERS } from '../../edge/node/build.ts'
import { type NodeServer, startServer } from '../../edge/node/server.ts'
import { writeModel } from '../edge/fixture-model.ts'
import { launchBrowser } from '../support/browser.ts'
import { builtElement, builtPage } from '../support/built-page.ts'

/** The trained model that the pages under test show. */
export const MODEL = 'mnist-vae-l2-z2'

/** Attributes of a path between two digits. */
export const PATH = `model="${MODEL}" from="class:3" to="class:8"`

/** The element as HTML. @param inner its fallback slot */
export const element = (attributes: string, inner = '') =>
  `<latent-interpolation ${attributes}>${inner}</latent-interpolation>`

/** A server with the element's script and models, a server of third-party pages that embed it, and a browser. */
export interface EmbedSite {
  /** URL of the first server, without a slash at its end. */
  home: string
  /** URL of the server of third-party pages. */
  host: string
  /** The folder of the models. */
  zoo: string
  /** The folder of the page, or of the element's script alone. It must not be changed. */
  page: string
  browser: Browser
  server: NodeServer
  /** Adds a third-party page. `HOME` in it becomes the first server's URL. @returns the page's URL */
  addPage(name: string, html: string, headers?: Record<string, string>): string
  stop(): Promise<void>
}

/** A strict Content Security Policy: it allows the element's script and its requests, and nothing else. */
export const strictPolicy = (home: string) =>
  `default-src 'none'; script-src ${home}; connect-src ${home}; base-uri 'none'; form-action 'none'; ` +
  "require-trusted-types-for 'script'; trusted-types 'none'"

/** Starts a server of a folder of models and a built page, without a rate limit. */
export function serveModels(models: string, page: string, port = 0): Promise<NodeServer> {
  return startServer({
    host: '127.0.0.1',
    port,
    models,
    page,
    rate: 0,
    trustProxy: false,
    sessionBytes: 64 * 2 ** 20,
    log: () => {},
  })
}

/**
 * Starts the site with a trained model and one of another shape; without the gallery also a conditional one.
 *
 * @param withGallery builds the page and the gallery too, not only the element's script
 */
export async function startEmbedSite(withGallery = false): Promise<EmbedSite> {
  const zoo = await mkdtemp(path.join(tmpdir(), 'latent-embed-'))
  await cp(path.join(FOLDERS.zoo, MODEL), path.join(zoo, MODEL), { recursive: true })
  await writeModel(zoo, { id: 'wide-ae-z8', kind: 'ae', latentDim: 8, height: 20, width: 28, layers: 3 })
  if (!withGallery) {
    // Beside the gallery it would be the default model, of random weights.
    const classes = [...'0123456789']
    await writeModel(zoo, { id: 'digits-cvae-z5', kind: 'vae', latentDim: 5, classes, conditional: true })
  }
  const page = withGallery ? await builtPage() : await builtElement()
  const server = await serveModels(zoo, page)
  const pages = new Map<string, { html: string; headers: Record<string, string> }>()
  const pageServer = createServer((request, response) => {
    const found = pages.get((request.url ?? '').split('?')[0])
    response.writeHead(found ? 200 : 404, { 'content-type': 'text/html', ...found?.headers })
    response.end(found?.html)
  })
  await new Promise<void>(resolve => pageServer.listen(0, '127.0.0.1', resolve))
  // Another host name as well as another port: another site, not only another origin.
  const host = `http://localhost:${(pageServer.address() as AddressInfo).port}`
  const site: EmbedSite = {
    home: server.url,
    host,
    zoo,
    page,
    server,
    browser: await launchBrowser(),
    addPage(name, html, headers = {}) {
      pages.set(`/${name}`, { html: html.replaceAll('HOME', server.url), headers })
      return `${host}/${name}`
    },
    async stop() {
      await site.browser.close()
      pageServer.closeAllConnections()
      pageServer.close()
      await server.stop(0)
      await rm(zoo, { recursive: true, force: true })
    },
  }
  for (const name of ['plain', 'policy', 'hostile', 'ten', 'sandbox']) {
    const html = await readFile(path.join(import.meta.dirname, 'hosts', `${name}.html`), 'utf8')
    const headers: Record<string, string> =
      name === 'policy' ? { 'content-security-policy': strictPolicy(server.url) } : {}
    site.addPage(`${name}.html`, html, headers)
  }
  return site
}

/** A page in the browser, with what was recorded on it. */
export interface OpenedPage {
  page: Page
  /** Uncaught exceptions and rejections. */
  exceptions: string[]
  /** Console messages, with their types before them. */
  console: string[]
  /** URLs that were requested. */
  requests: string[]
}

/** Opens a page. */
export async function openPage(
  site: Pick<EmbedSite, 'browser'>,
  url: string,
  options: Parameters<Browser['newPage']>[0] = {},
): Promise<OpenedPage> {
  const page = await site.browser.newPage(options)
  const opened: OpenedPage = { page, exceptions: [], console: [], requests: [] }
  page.on('pageerror', error => opened.exceptions.push(String(error)))
  page.on('console', message => opened.console.push(`${message.type()} ${message.text()}`))
  page.on('request', request => opened.requests.push(request.url()))
  await page.goto(url)
  return opened
}

/** A third-party page with the element's script and this body. */
export function pageWith(body: string): string {
  return `<!doctype html><html lang="en"><title>Host</title>
<script type="module" src="HOME/embed/latent-interpolation.js"></script><body>${body}</body></html>`
}

/** Waits until the first element's frames are decoded in the page. */
export async function waitForLocalDecoding(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('latent-interpolation')?.decoding === 'local')
}

/** Where the frames of the page's first element were decoded; undefined before they are shown. */
export function decoding(page: Page): Promise<'edge' | 'local' | undefined> {
  return page.evaluate(() => document.querySelector('latent-interpolation')?.decoding)
}

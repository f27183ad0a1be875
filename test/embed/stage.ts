import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { FOLDERS, ROOT } from '../../edge/node/build.ts'
import { type NodeServer, startServer } from '../../edge/node/server.ts'
import { buildElement } from '../../web/embed/script.ts'
import { writeModel } from '../edge/fixture.ts'
import { launchBrowser } from '../support/browser.ts'

/** The trained model that the pages under test show. */
export const MODEL = 'mnist-vae-l2-z2'

/** A server with the element and models, a server of someone else's pages, and a browser. */
export interface Stage {
  /** The first server's address, without a slash at its end. */
  home: string
  /** Someone else's. */
  host: string
  folder: string
  browser: Browser
  server: NodeServer
  /** Puts a page on the other server. `HOME` in it becomes the first server's address. */
  put(name: string, html: string, headers?: Record<string, string>): string
  stop(): Promise<void>
}

/** The policy of a careful site: it names what the element needs, its script and its answers, and nothing else. */
export const POLICY = (home: string) =>
  `default-src 'none'; script-src ${home}; connect-src ${home}; base-uri 'none'; form-action 'none'; ` +
  "require-trusted-types-for 'script'; trusted-types 'none'"

/**
 * Sets the stage, with a model of another shape beside the trained one.
 *
 * @param whole with the page and the gallery, not just the element's script
 */
export async function setStage(whole = false): Promise<Stage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'latent-embed-'))
  const [zoo, page] = [path.join(folder, 'zoo'), path.join(folder, 'page')]
  await cp(path.join(FOLDERS.zoo, MODEL), path.join(zoo, MODEL), { recursive: true })
  await writeModel(zoo, { id: 'wide-ae-z8', kind: 'ae', latentDim: 8, height: 20, width: 28, layers: 3 })
  if (whole) {
    const root = path.join(ROOT, 'web')
    const configFile = path.join(root, 'vite.config.ts')
    await build({ root, configFile, logLevel: 'error', build: { outDir: page } })
  } else {
    await mkdir(path.join(page, 'embed'), { recursive: true })
    const script = await buildElement()
    await writeFile(path.join(page, 'embed/latent-interpolation.js'), script)
  }
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    models: zoo,
    page,
    rate: 0,
    trustProxy: false,
    sessionBytes: 64 * 2 ** 20,
    log: () => {},
  })
  const pages = new Map<string, { html: string; headers: Record<string, string> }>()
  const others = createServer((request, response) => {
    const found = pages.get((request.url ?? '').split('?')[0])
    response.writeHead(found ? 200 : 404, { 'content-type': 'text/html', ...found?.headers })
    response.end(found?.html)
  })
  await new Promise<void>(resolve => others.listen(0, '127.0.0.1', resolve))
  // Another origin by its port and by its name.
  const host = `http://localhost:${(others.address() as AddressInfo).port}`
  const stage: Stage = {
    home: server.url,
    host,
    folder,
    server,
    browser: await launchBrowser(),
    put(name, html, headers = {}) {
      pages.set(`/${name}`, { html: html.replaceAll('HOME', server.url), headers })
      return `${host}/${name}`
    },
    async stop() {
      await stage.browser.close()
      others.closeAllConnections()
      others.close()
      await server.stop(0)
      await rm(folder, { recursive: true, force: true })
    },
  }
  for (const name of ['plain', 'policy', 'hostile', 'ten', 'sandbox']) {
    const html = await readFile(path.join(import.meta.dirname, 'hosts', `${name}.html`), 'utf8')
    stage.put(
      `${name}.html`,
      html,
      name === 'policy' ? { 'content-security-policy': POLICY(server.url) } : {},
    )
  }
  return stage
}

/** A page, with what went wrong on it and what was asked for. */
export interface Visit {
  page: Page
  /** Uncaught exceptions and rejections. */
  thrown: string[]
  console: string[]
  /** Addresses asked for. */
  asked: string[]
}

/** Opens a page. */
export async function visit(
  stage: Stage,
  url: string,
  options: Parameters<Browser['newPage']>[0] = {},
): Promise<Visit> {
  const page = await stage.browser.newPage(options)
  const seen: Visit = { page, thrown: [], console: [], asked: [] }
  page.on('pageerror', error => seen.thrown.push(String(error)))
  page.on('console', message => seen.console.push(`${message.type()} ${message.text()}`))
  page.on('request', request => seen.asked.push(request.url()))
  await page.goto(url)
  return seen
}

/** A page of someone else's that holds just this. */
export function around(body: string): string {
  return `<!doctype html><html lang="en"><title>Host</title>
<script type="module" src="HOME/embed/latent-interpolation.js"></script><body>${body}</body></html>`
}

/** Waits until the first element is decoded here. */
export async function untilLocal(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('latent-interpolation')?.decoding === 'local')
}

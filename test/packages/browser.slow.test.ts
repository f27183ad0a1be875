import { execFile } from 'node:child_process'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FOLDERS, ROOT } from '../../edge/node/build.ts'
import type { NodeServer } from '../../edge/node/server.ts'
import type {} from '../../web/embed/latent-interpolation.d.ts'
import { serveModels } from '../embed/embed-site.ts'
import { launchBrowser } from '../support/browser.ts'
import { type BuiltPackages, buildPackages, PACKAGE_NAMES, type Project } from './built-packages.ts'

const MODEL = 'mnist-vae-l2-z2'
const run = promisify(execFile)

let packages: BuiltPackages
let server: NodeServer
let browser: Browser
beforeAll(async () => {
  packages = await buildPackages()
  server = await serveModels(FOLDERS.zoo, ROOT)
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop(0)
  await packages?.remove()
})

/** Serves a folder on a port of its own. */
async function serveFolder(folder: string): Promise<{ url: string; close(): void }> {
  const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' }
  const files = createServer(async (request, response) => {
    const name = new URL(request.url ?? '/', 'http://a').pathname.replace(/\/$/, '/index.html')
    const content = await readFile(path.join(folder, name)).catch(() => undefined)
    response.writeHead(content ? 200 : 404, { 'content-type': types[path.extname(name)] ?? '' }).end(content)
  })
  await new Promise<void>(resolve => files.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(files.address() as AddressInfo).port}`,
    close: () => files.close(),
  }
}

/** Opens a page and collects its exceptions and its console's errors and warnings. */
async function open(url: string): Promise<{ page: Page; faults: string[] }> {
  const page = await browser.newPage()
  const faults: string[] = []
  page.on('pageerror', error => faults.push(String(error)))
  page.on('console', message => {
    const isFault =
      ['error', 'warning'].includes(message.type()) && !message.location().url.includes('favicon')
    if (isFault) faults.push(message.text())
  })
  await page.goto(url)
  return { page, faults }
}

const waitForDecoding = (page: Page, engine: string) =>
  page.waitForFunction(engine => document.querySelector('latent-interpolation')?.decoding === engine, engine)

/** Builds a project with Vite, with this repository's Vite. */
async function buildWithVite(project: Project, ...options: string[]): Promise<void> {
  const vite = path.join(ROOT, 'node_modules/vite/bin/vite.js')
  await project.run(process.execPath, vite, 'build', '--logLevel', 'error', ...options)
}

test('a Vite app with all three packages shows the element, draws and converts', async () => {
  const project = await packages.createProject(PACKAGE_NAMES)
  const json = await readFile(path.join(ROOT, 'test/golden/export/model.json'), 'utf8')
  const weights = await readFile(path.join(ROOT, 'test/golden/export/weights.bin'))
  await project.write(
    'index.html',
    '<!doctype html><html lang="en"><title>App</title><body><script type="module" src="./main.js"></script></body></html>',
  )
  await project.write(
    'main.js',
    `import { createClient } from 'latent-edge-client'
import { setServer } from 'latent-interpolation'
import { convertModel } from 'tfjs-to-onnx'
setServer('${server.url}')
document.body.innerHTML = '<latent-interpolation model="${MODEL}" from="class:3" to="class:8"></latent-interpolation>'
const weights = Uint8Array.from(atob('${weights.toString('base64')}'), c => c.charCodeAt(0))
const files = [new File([${JSON.stringify(json)}], 'model.json'), new File([weights], 'weights.bin')]
const { shape } = await createClient('${server.url}').array('sample', '${MODEL}', { query: { n: 3 } })
window.result = { shape, bytes: [...(await convertModel(files)).bytes] }
`,
  )
  await buildWithVite(project)
  const site = await serveFolder(path.join(project.folder, 'dist'))
  const { page, faults } = await open(`${site.url}/`)
  await waitForDecoding(page, 'edge')
  await page.waitForFunction(() => 'result' in window)
  const result = (await page.evaluate(() => (window as unknown as { result: unknown }).result)) as {
    shape: number[]
    bytes: number[]
  }
  expect(result.shape).toEqual([3, 28, 28])
  const expected = await readFile(path.join(ROOT, 'test/golden/export/model.fp32.onnx'))
  expect(Buffer.from(result.bytes).equals(expected)).toBe(true)
  expect(faults).toEqual([])
  await page.close()
  site.close()
})

test('a React app rendered on a server hydrates without a warning and reports changes', async () => {
  const project = await packages.createProject(['latent-interpolation'], ['react', 'react-dom', 'scheduler'])
  await project.write(
    'app.js',
    `import { createElement, StrictMode, useState } from 'react'
import { setServer } from 'latent-interpolation'
import { LatentInterpolation } from 'latent-interpolation/react'
setServer('${server.url}')
function Digits() {
  const [t, setT] = useState('none')
  const caption = createElement('span', { slot: 'caption', id: 't' }, t)
  return createElement(LatentInterpolation, {
    model: '${MODEL}', from: 'class:3', to: 'class:8', steps: 9, controls: true, loop: false,
    className: 'digits', onChange: event => setT(event.detail.t.toFixed(2)),
  }, caption)
}
export const app = () => createElement(StrictMode, null, createElement(Digits))
`,
  )
  await project.write(
    'server.js',
    `import { renderToString } from 'react-dom/server'
import { app } from './app.js'
process.stdout.write(renderToString(app()))
`,
  )
  await project.write(
    'client.js',
    `import { hydrateRoot } from 'react-dom/client'
import { app } from './app.js'
hydrateRoot(document.querySelector('#root'), app(), { onRecoverableError: error => console.error('hydration: ' + error) })
`,
  )
  const html = await project.run(process.execPath, 'server.js')
  expect(html).toContain('<latent-interpolation')
  expect(html).toContain('model="mnist-vae-l2-z2"')
  await project.write(
    'index.html',
    `<!doctype html><html lang="en"><title>App</title><body><div id="root">${html}</div><script type="module" src="./client.js"></script></body></html>`,
  )
  // The development build of React: only that one reports differences between server and client.
  await buildWithVite(project, '--mode', 'development')
  const site = await serveFolder(path.join(project.folder, 'dist'))
  const { page, faults } = await open(`${site.url}/`)
  await waitForDecoding(page, 'edge')
  await page.evaluate(() => document.querySelector('latent-interpolation')?.seek(0.5))
  await expect.poll(() => page.locator('#t').innerText()).toBe('0.50')
  expect(await page.locator('latent-interpolation').getAttribute('class')).toBe('digits')
  expect(await page.getByRole('button', { name: 'Play' }).isVisible()).toBe(true)
  expect(faults).toEqual([])
  await page.close()
  site.close()
})

test('a page with one script tag and its integrity hash shows the element; a wrong hash blocks it', async () => {
  const project = await packages.createProject(['latent-interpolation'])
  const dist = path.join(project.folder, 'node_modules/latent-interpolation/dist')
  const hash = (await readFile(path.join(dist, 'cdn.js.integrity'), 'utf8')).trim()
  const page = (integrity: string) =>
    `<!doctype html><html lang="en"><title>Page</title><body>
<script type="module" src="node_modules/latent-interpolation/dist/cdn.js" integrity="${integrity}" crossorigin="anonymous"></script>
<latent-interpolation src="${server.url}" model="${MODEL}" from="class:3" to="class:8" engine="local"></latent-interpolation></body></html>`
  await project.write('right.html', page(hash))
  await project.write('wrong.html', page(`sha384-${'A'.repeat(64)}`))
  const site = await serveFolder(project.folder)
  const right = await open(`${site.url}/right.html`)
  await waitForDecoding(right.page, 'local')
  expect(right.faults).toEqual([])
  const wrong = await open(`${site.url}/wrong.html`)
  expect(await wrong.page.evaluate(() => customElements.get('latent-interpolation'))).toBeUndefined()
  expect(wrong.faults.join()).toContain('integrity')
  await right.page.close()
  await wrong.page.close()
  site.close()
})

describe('without a server', () => {
  test('the page that the command writes opens from a disk with the network off', async () => {
    const project = await packages.createProject(['latent-interpolation'])
    const command = path.join(project.folder, 'node_modules/.bin/latent-interpolation')
    const model = path.join(FOLDERS.zoo, MODEL)
    const options = ['--from', 'class:3', '--to', 'class:8', '--controls', '--scale', '10']
    await project.run(process.execPath, command, model, 'digits.html', ...options)
    const file = path.join(project.folder, 'digits.html')
    console.log(`offline page: ${(await stat(file)).size} bytes`)
    const context = await browser.newContext({ offline: true })
    const page = await context.newPage()
    const requests: string[] = []
    page.on('request', request => requests.push(request.url()))
    await page.goto(pathToFileURL(file).href)
    await waitForDecoding(page, 'local')
    await page.getByRole('slider', { name: 'From 3 to 8' }).press('End')
    const reply = await fetch(
      `${server.url}/v1/models/${MODEL}/interpolate?from=class:8&to=class:8&steps=2&format=f32`,
    )
    const expected = new Float32Array(await reply.arrayBuffer()).subarray(0, 784)
    const readLevels = () =>
      page.evaluate(() => {
        const canvas = document.querySelector('latent-interpolation')?.shadowRoot?.querySelector('canvas')
        const { data } = canvas!.getContext('2d')!.getImageData(0, 0, 28, 28)
        return Array.from({ length: 784 }, (_, i) => data[i * 4 + 3])
      })
    // The element draws with the next frame of the screen.
    const difference = async () =>
      Math.max(...(await readLevels()).map((level, i) => Math.abs(level - expected[i] * 255)))
    await expect.poll(difference).toBeLessThanOrEqual(1)
    expect(requests).toEqual([pathToFileURL(file).href])
    if (process.env.SCREENSHOTS)
      await page.screenshot({ path: path.join(process.env.SCREENSHOTS, 'offline.png') })
    await context.close()
  })

  test('the script that the command writes from a URL shows the model in another page', async () => {
    const project = await packages.createProject(['latent-interpolation'])
    const command = path.join(project.folder, 'node_modules/.bin/latent-interpolation')
    await project.run(process.execPath, command, `${server.url}/v1/models/${MODEL}`, 'digits.js')
    const page = `<!doctype html><html lang="en"><title>Page</title><body><script src="digits.js"></script>
<latent-interpolation model="${MODEL}" from="seed:1" to="seed:2"></latent-interpolation>
<latent-interpolation model="another" from="seed:1" to="seed:2"></latent-interpolation></body></html>`
    await writeFile(path.join(project.folder, 'page.html'), page)
    const opened = await open(pathToFileURL(path.join(project.folder, 'page.html')).href)
    await waitForDecoding(opened.page, 'local')
    expect(opened.faults).toEqual([
      `<latent-interpolation> model: expected one of the embedded models (${MODEL}), got another`,
    ])
    await opened.page.close()
  })

  test('wrong arguments of the command end with one line that says what was expected', async () => {
    const project = await packages.createProject(['latent-interpolation'])
    const command = path.join(project.folder, 'node_modules/.bin/latent-interpolation')
    const fail = async (...args: string[]) => {
      const { code, stderr } = await run(process.execPath, [command, ...args]).catch(error => error)
      return [code, stderr]
    }
    expect(await fail('a')).toEqual([1, expect.stringMatching(/^error: expected a model and an output file/)])
    expect(await fail('a', 'b.txt')).toEqual([1, 'error: b.txt: expected a name with .html or .js\n'])
    expect(await fail('a', 'b.html')).toEqual([
      1,
      'error: expected --from and --to, --corners or --text; see --help\n',
    ])
    expect(await fail('no-folder', 'b.js')).toEqual([1, expect.stringMatching(/^error: .*no-folder/)])
  })
})

test.each(PACKAGE_NAMES)('npm publish --dry-run accepts %s', async name => {
  const { stdout } = await run('npm', ['publish', '--dry-run', '--offline'], { cwd: packages.folder(name) })
  expect(stdout).toContain(`+ ${name}@`)
})

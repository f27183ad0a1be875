import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { zipSync } from 'fflate'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { floats, graphFiles, node } from '../../export/convert/testing/graph-samples/graphs.ts'
import { attr } from '../../export/convert/testing/graph-samples/sample.ts'
import { concatBytes } from '../../models/files/bytes.ts'
import { countStops, violations, walk } from './access.ts'
import { openPage, type Site } from './site.ts'

const CASES = path.join(import.meta.dirname, '../export/cases')
const COMMAND = path.join(import.meta.dirname, '../../export/convert/cli.ts')

/** The converter's page in a real browser; its files are compared with the command's. */
export function convertSuite(site: () => Site, browser: () => Browser): void {
  describe('the converter page', () => {
    let work: string
    beforeAll(async () => {
      work = await mkdtemp(path.join(tmpdir(), 'convert-page-'))
      await cp(path.join(CASES, 'dense-rank3'), path.join(work, 'layers'), { recursive: true })
      await cp(path.join(CASES, 'keras3-sequential'), path.join(work, 'keras3'), { recursive: true })
      await cp(path.join(CASES, 'lstm-time-major'), path.join(work, 'refused'), { recursive: true })
      await writeGraphModel(path.join(work, 'graph'))
    })
    afterAll(() => rm(work, { recursive: true, force: true }))

    const filesOf = async (name: string) => {
      const folder = path.join(work, name)
      return (await readdir(folder))
        .filter(file => !file.endsWith('.onnx'))
        .map(file => path.join(folder, file))
    }
    const commandFile = async (name: string, ...flags: string[]) => {
      const output = path.join(work, name, 'by-command.onnx')
      await promisify(execFile)(process.execPath, [COMMAND, path.join(work, name), output, ...flags])
      return readFile(output)
    }
    const openConverter = async () => {
      const opened = await openPage(browser())
      const sent: string[] = []
      opened.page.on('request', request => request.method() !== 'GET' && sent.push(request.url()))
      await opened.page.goto(`${site().url}/convert/`)
      return { ...opened, sent }
    }

    test.each([
      ['layers', 'a layers-model'],
      ['graph', 'a graph-model'],
      ['keras3', 'a Keras 3 model'],
    ])('%s: %s becomes the bytes that the command writes', async name => {
      const { page, faults, sent, close } = await openConverter()
      await page.getByLabel('Choose files').setInputFiles(await filesOf(name))
      expect(await saved(page)).toEqual(await commandFile(name))
      await page.getByText('More options').click()
      await page.getByRole('radio', { name: 'fp16' }).check()
      await page.getByLabel('Operator set').selectOption('15')
      await page.getByText('operator set 15, weights in fp16').waitFor()
      expect(await saved(page)).toEqual(await commandFile(name, '--precision', 'fp16', '--opset', '15'))
      await page.getByRole('button', { name: 'Check the file' }).click()
      const verdict = page.locator('.verdict')
      await verdict.waitFor()
      expect(await verdict.innerText()).toMatch(
        /^It computes the same outputs as TF\.js\.\s+onnxruntime-web: differs from TF\.js by at most \d\.\de-\d+/,
      )
      expect([faults, sent]).toEqual([[], []])
      await close()
    })

    test('the converter page reads zips and dropped files, and names a missing shard', async () => {
      const { page, faults, close } = await openConverter()
      const files = await Promise.all(
        (await filesOf('layers')).map(async file => [path.basename(file), await readFile(file)] as const),
      )
      const folder = Object.fromEntries(files.map(([name, bytes]) => [`net/${name}`, new Uint8Array(bytes)]))
      const buffer = Buffer.from(zipSync(folder))
      await page
        .getByLabel('Choose files')
        .setInputFiles({ name: 'archive.zip', mimeType: 'application/zip', buffer })
      const expected = await commandFile('layers')
      expect(await saved(page)).toEqual(expected)
      await page.getByText('Save net.onnx').waitFor()

      const [json, weights] = ['model.json', 'weights.bin'].map(
        name => files.find(([file]) => file === name)!,
      )
      await drop(page, { 'model.json': json[1] })
      expect(await page.getByRole('alert').innerText()).toBe(
        'weights.bin: model.json names this file of weights, and it is not among the files given: add it',
      )
      await drop(page, { 'weights.bin': weights[1] })
      expect(await saved(page)).toEqual(expected)
      expect(faults).toEqual([])
      await close()
    })

    test('the converter page refuses a model that cannot be converted in one line with the remedy', async () => {
      const { page, faults, close } = await openConverter()
      const refusal = async (files: Parameters<ReturnType<Page['locator']>['setInputFiles']>[0]) => {
        await page.locator('.drop input').first().setInputFiles(files)
        await page.waitForFunction(() => !document.querySelector('.busy'))
        return page.getByRole('alert').innerText()
      }
      const named = (name: string, text: string) => ({
        name,
        mimeType: '',
        buffer: Buffer.from(text, 'latin1'),
      })
      expect(await refusal(await filesOf('refused'))).toBe(
        'r (LSTM): timeMajor: expected false, got true: TF.js ignores it',
      )
      expect(await refusal(named('net.h5', '\x89HDF\r\n\x1a\n'))).toBe(
        'net.h5: expected a model.json, got an HDF5 file (.h5); convert it first with `tensorflowjs_converter --input_format=keras MODEL.h5 FOLDER`',
      )
      expect(await refusal(named('net.keras', 'PK\x03\x04'))).toMatch(/--input_format=keras_keras/)
      expect(await refusal(named('saved_model.pb', '\x08\x01'))).toMatch(/tf_saved_model/)
      expect(await refusal(named('model.json', '{"modelTopology":'))).toMatch(/a file that is not JSON/)
      expect(await refusal(named('shapes.json', '{}'))).toMatch(/^shapes.json: expected a model with/)
      expect(await page.locator('.result').count()).toBe(0)
      expect(faults).toEqual([])
      await close()
    })

    test('the converter page is reached by keyboard, and readable at each width and in both colour schemes', async () => {
      const { page, faults, close } = await openConverter()
      expect(await page.title()).toBe('Convert TF.js to ONNX · latent-edge')
      await page.getByLabel('Choose files').setInputFiles(await filesOf('layers'))
      await page.locator('.result').waitFor()
      const stops = await countStops(page)
      expect(await walk(page, stops + 8)).toEqual({ reached: stops, unseen: [] })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect(await violations(page)).toEqual([])
      }
      for (const width of [320, 390, 1440, 2560]) {
        await page.setViewportSize({ width, height: 800 })
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
      }
      await page.goto(site().url)
      await page.getByRole('link', { name: 'Convert', exact: true }).click()
      await page.getByRole('heading', { name: 'TF.js model in, ONNX file out' }).waitFor()
      expect(faults).toEqual([])
      await close()
    })
  })
}

/** The bytes of the file that the page offers to save. */
async function saved(page: Page): Promise<Buffer> {
  await page.waitForFunction(() => !document.querySelector('.busy'))
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: /^Save / }).click(),
  ])
  return readFile(await download.path())
}

/** Drops files on the page, and waits until it has read them. */
async function drop(page: Page, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  const list = Object.entries(files).map(([name, bytes]) => [name, [...bytes]] as const)
  await page.evaluate(given => {
    const dataTransfer = new DataTransfer()
    for (const [name, bytes] of given) dataTransfer.items.add(new File([Uint8Array.from(bytes)], name))
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
  }, list)
  await page.waitForFunction(
    () => !document.querySelector('.busy') && document.querySelector('.result, .problem'),
  )
}

/** A graph-model in a folder: a convolution in NHWC with its bias and activation fused. */
async function writeGraphModel(folder: string): Promise<void> {
  const kernel = Array.from({ length: 3 * 3 * 2 * 4 }, (_, i) => Math.sin(i))
  const { modelTopology, weightSpecs, weightData, signature } = graphFiles({
    inputs: { x: { shape: [-1, 8, 8, 2] } },
    constants: { kernel: floats([3, 3, 2, 4], ...kernel), bias: floats([4], 0.1, -0.2, 0.3, 0) },
    nodes: [
      node('y', '_FusedConv2D', ['x', 'kernel', 'bias'], {
        fused_ops: attr.strings(['BiasAdd', 'Relu']),
        num_args: attr.i(1),
        strides: attr.ints([1, 2, 2, 1]),
        padding: attr.s('SAME'),
        data_format: attr.s('NHWC'),
        dilations: attr.ints([1, 1, 1, 1]),
      }),
    ],
    outputs: ['y'],
  })
  const weightsManifest = [{ paths: ['group1-shard1of1.bin'], weights: weightSpecs }]
  await mkdir(folder)
  await writeFile(
    path.join(folder, 'model.json'),
    JSON.stringify({ format: 'graph-model', modelTopology, weightsManifest, signature }),
  )
  await writeFile(path.join(folder, 'group1-shard1of1.bin'), concatBytes(weightData))
}

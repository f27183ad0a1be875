import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { Card } from '../../models/card.ts'
import { chooseDefaultModel } from '../../models/default-model.ts'
import { MODEL_FILES, type ModelFile } from '../../models/registry/keys.ts'
import { SIGNATURE_FILE } from '../../models/registry/signed-statement.ts'
import { findFault, parseCard } from '../../models/registry/version.ts'
import { readableModels } from '../catalog/readable-models.ts'
import type { CatalogEntry } from '../platform.ts'

/** The repository's root, and the folders in it that servers read or builds write. */
export const ROOT = path.resolve(import.meta.dirname, '../..')

/** Folders of models, page and builds. */
export const FOLDERS = {
  zoo: path.join(ROOT, 'models/zoo'),
  page: path.join(ROOT, 'web/dist'),
  assets: path.join(ROOT, 'edge/dist/assets'),
  worker: path.join(ROOT, 'edge/dist/worker'),
} as const

/**
 * Copies the page and the models to the folder of the Worker's static assets.
 *
 * @param folders sources and target; a page that has not been built is left out
 * @param onFault is called for a model that cannot be used, which is then listed with the reason
 * @throws Error for the first such model where `onFault` is absent
 */
export async function buildAssets(
  folders: { zoo: string; page?: string; assets: string },
  onFault?: (id: string, reason: string) => void,
): Promise<void> {
  await rm(folders.assets, { recursive: true, force: true })
  await mkdir(path.join(folders.assets, 'zoo'), { recursive: true })
  if (folders.page && existsSync(folders.page)) await cp(folders.page, folders.assets, { recursive: true })
  await cp(path.join(ROOT, 'edge/_headers'), path.join(folders.assets, '_headers'))
  const catalog: { id: string; card?: Card; reason?: string }[] = []
  for (const id of await listModels(folders.zoo)) {
    const from = path.join(folders.zoo, id)
    const to = path.join(folders.assets, 'zoo', id)
    await mkdir(to)
    try {
      const card = parseCard(await readFile(path.join(from, 'card.json')), `${id}/card.json`)
      for (const file of MODEL_FILES) await copyChecked(card, file, from, to)
      for (const file of ['card.json', SIGNATURE_FILE]) {
        if (existsSync(path.join(from, file))) await cp(path.join(from, file), path.join(to, file))
      }
      catalog.push({ id, card })
    } catch (error) {
      if (!onFault) throw error
      const reason = error instanceof Error ? error.message : String(error)
      onFault(id, reason)
      catalog.push({ id, reason })
    }
  }
  await writeFile(path.join(folders.assets, 'zoo/catalog.json'), JSON.stringify(catalog))
}

/** Copies a model's file. @throws Error when it is not the one its card describes */
async function copyChecked(card: Card, file: ModelFile, from: string, to: string): Promise<void> {
  const bytes = await readFile(path.join(from, file))
  const fault = await findFault(card, file, bytes)
  if (fault) throw new Error(`${card.id}/${file}: ${fault}`)
  await writeFile(path.join(to, file), bytes)
}

/** Names of the folders of a zoo that hold a card, in ascending order. */
export async function listModels(zoo: string): Promise<string[]> {
  const names = await readdir(zoo).catch(() => [])
  return names.filter(name => existsSync(path.join(zoo, name, 'card.json'))).sort()
}

/**
 * Bundles the Worker exactly as `wrangler deploy` would upload it, after its assets were built. Needs no network.
 *
 * @returns what wrangler printed
 */
export async function buildWorker(
  folders: { assets: string; worker: string },
  options: {
    /** The script to bundle; by default one with the assets' catalog and the first model's decoder. */
    script?: string
    /** The model whose decoder becomes part of the script: the one that the id `default` will stand for. */
    defaultModel?: string
  } = {},
): Promise<string> {
  const { assets, worker } = folders
  const script = options.script ?? (await writeScript(assets, `${worker}-script`, options.defaultModel))
  // What an older version of this program built may have other file names and must not be served along.
  await rm(worker, { recursive: true, force: true })
  return run(
    'wrangler',
    ['deploy', script, '--config', 'wrangler.jsonc', '--dry-run', '--outdir', worker, '--assets', assets],
    path.join(ROOT, 'edge'),
  )
}

/** ONNX Runtime's module, the one that the Worker imports. */
const ORT_WASM = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm')

/**
 * Writes the Worker's script with what the first request needs: the catalog, the first model's decoder, and ONNX Runtime's
 * memory after its start.
 *
 * @returns its path
 */
async function writeScript(assets: string, folder: string, defaultModel?: string): Promise<string> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const zoo = path.join(assets, 'zoo')
  const entries = JSON.parse(await readFile(path.join(zoo, 'catalog.json'), 'utf8')) as CatalogEntry[]
  const models = readableModels(entries)
  const first = models.find(({ id }) => id === defaultModel) ?? chooseDefaultModel(models)
  const decoder = first ? await readFile(path.join(zoo, first.id, 'decoder.onnx')) : new Uint8Array()
  await writeFile(path.join(folder, 'catalog.txt'), JSON.stringify({ entries, first: first?.id }))
  await writeFile(path.join(folder, 'decoder.bin'), decoder)
  // Imported here because Node's server, which needs only the folders above, has another ONNX Runtime.
  const { snapshotOrt } = await import('../worker/ort-module.ts')
  await writeFile(path.join(folder, 'runtime.bin'), await snapshotOrt(await readFile(ORT_WASM)))
  const script = path.join(folder, 'script.js')
  const source = path.relative(folder, path.join(ROOT, 'edge/worker/worker.ts'))
  await writeFile(
    script,
    `// Written by edge/node/build.ts.
import catalog from './catalog.txt'
import decoder from './decoder.bin'
import runtime from './runtime.bin'
import { createWorker, KeyCounterObject } from ${JSON.stringify(source)}

export { KeyCounterObject }
export default await createWorker(catalog, decoder, runtime)
`,
  )
  return script
}

/** Builds the page into a folder. @param verify a public key's file: the page shows only models signed by it */
export async function buildPage(page: string, verify?: string): Promise<void> {
  const args = ['build', 'web', '--logLevel', 'warn', '--outDir', page, '--emptyOutDir']
  await run('vite', args, ROOT, verify === undefined ? {} : { VERIFY_KEY: path.resolve(verify) })
}

/** Runs a package's command line program and returns what it printed. @throws Error with that when it fails */
async function run(
  name: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<string> {
  const child = spawn(process.execPath, [findProgram(name), ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env, WRANGLER_SEND_METRICS: 'false', CI: '1', NO_COLOR: '1' },
  })
  let output = ''
  child.stdout.on('data', data => (output += data))
  child.stderr.on('data', data => (output += data))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code !== 0) throw new Error(`${name} ${args.join(' ')} ended with ${code}:\n${output}`)
  return output
}

/** The script of a program, from its package's "bin". */
export function findProgram(name: string): string {
  const require = createRequire(import.meta.url)
  const manifest = require.resolve(`${name}/package.json`)
  const { bin } = require(manifest) as { bin: string | Record<string, string> }
  return path.join(path.dirname(manifest), typeof bin === 'string' ? bin : bin[name])
}

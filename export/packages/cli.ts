import { execFileSync } from 'node:child_process'
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { Command } from 'commander'
import { runProgram } from '../command/run-program.ts'
import { ROOT } from './bundle.ts'
import { latentEdgeClient } from './latent-edge-client.ts'
import { latentInterpolation } from './latent-interpolation.ts'
import type { PackageDefinition } from './package-definition.ts'
import { tfjsToOnnx } from './tfjs-to-onnx.ts'

const PACKAGES: readonly PackageDefinition[] = [latentInterpolation, latentEdgeClient, tfjsToOnnx]

/** Builds a package into a folder of its name, ready for `npm publish`. */
async function buildPackage(definition: PackageDefinition, out: string): Promise<void> {
  const { name, description, keywords, manifest, folder, budgets } = definition
  const target = path.join(out, name)
  await rm(target, { recursive: true, force: true })
  await mkdir(target, { recursive: true })
  const { version, license } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'))
  const about = { name, version, description, keywords, license, type: 'module', files: FILES }
  const engines = { node: '>=20' }
  const content = JSON.stringify({ ...about, engines, ...manifest }, null, 2)
  await writeFile(path.join(target, 'package.json'), `${content}\n`)
  await copyFile(path.join(ROOT, 'LICENSE'), path.join(target, 'LICENSE'))
  await copyFile(path.join(import.meta.dirname, folder, 'README.md'), path.join(target, 'README.md'))
  console.log(`${name} ${version}`)
  await definition.build(target)
  for (const [file, budget] of Object.entries(budgets)) {
    const size = gzipSync(await readFile(path.join(target, file)), { level: 9 }).length
    console.log(`  ${file}  ${size.toLocaleString('en')} bytes with gzip, of ${budget.toLocaleString('en')}`)
    if (size > budget)
      throw new Error(`${name}/${file}: expected at most ${budget} bytes with gzip, got ${size}`)
  }
}

const FILES = ['dist', 'custom-elements.json']

const program = new Command('npm run packages --')
  .description('Build the npm packages into dist/packages, each ready for `npm publish`.')
  .option('--out <folder>', 'folder for the packages', 'dist/packages')
  .option('--only <name>', 'one package')
  .action(async ({ out, only }: { out: string; only?: string }) => {
    const chosen = PACKAGES.filter(({ name }) => only === undefined || name === only)
    if (chosen.length === 0) {
      const names = PACKAGES.map(({ name }) => name).join(', ')
      throw new Error(`--only: expected one of ${names}, got ${only}`)
    }
    execFileSync(process.execPath, [path.join(ROOT, 'node_modules/typescript/bin/tsc'), '-b'], {
      cwd: ROOT,
      stdio: 'inherit',
    })
    for (const definition of chosen) await buildPackage(definition, path.resolve(ROOT, out))
  })

await runProgram(program)

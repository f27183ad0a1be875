import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { Ajv } from 'ajv'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FOLDERS, ROOT } from '../../edge/node/build.ts'
import type { NodeServer } from '../../edge/node/server.ts'
import { serveModels } from '../embed/embed-site.ts'
import { type BuiltPackages, buildPackages, PACKAGE_NAMES, type Project } from './built-packages.ts'
import { APP_FILES, TYPE_TESTS } from './consumers.ts'

let packages: BuiltPackages
let server: NodeServer
beforeAll(async () => {
  packages = await buildPackages()
  server = await serveModels(FOLDERS.zoo, ROOT)
})
afterAll(async () => {
  await server?.stop(0)
  await packages?.remove()
})

describe.each(PACKAGE_NAMES)('%s', name => {
  test('the tarball has a licence, a readme, types and source maps', async () => {
    const files = execFileSync('tar', ['-tzf', packages.tarball(name)], { encoding: 'utf8' }).split('\n')
    for (const file of ['LICENSE', 'README.md', 'dist/index.js', 'dist/index.js.map', 'dist/index.d.ts']) {
      expect(files).toContain(`package/${file}`)
    }
  })

  test('publint finds nothing in the package', async () => {
    const { messages } = await publint({ pkgDir: packages.folder(name), strict: true })
    expect(messages).toEqual([])
  })

  test('the package resolves with its types from ESM in Node and in bundlers', async () => {
    const result = await checkPackage(createPackageFromTarballData(await readFile(packages.tarball(name))))
    if (!result.types) throw new Error('expected types')
    // An ES module has no CommonJS entry, which is what the ignored problems say.
    const ignored = ['CJSResolvesToESM', 'NoResolution']
    const problems = result.problems.filter(
      problem =>
        !ignored.includes(problem.kind) &&
        !('resolutionKind' in problem && ['node10', 'node16-cjs'].includes(problem.resolutionKind)),
    )
    expect(problems).toEqual([])
  })
})

test('custom-elements.json is valid by the schema of Custom Elements Manifests', async () => {
  const require = createRequire(import.meta.url)
  const schema = JSON.parse(await readFile(require.resolve('custom-elements-manifest/schema.json'), 'utf8'))
  const manifest = JSON.parse(
    await readFile(path.join(packages.folder('latent-interpolation'), 'custom-elements.json'), 'utf8'),
  )
  const validate = new Ajv({ strict: false }).compile(schema)
  validate(manifest)
  expect(validate.errors).toBeNull()
  const [{ declarations }] = manifest.modules
  expect(declarations[0].tagName).toBe('latent-interpolation')
})

test('the integrity hash is that of the CDN script', async () => {
  const dist = path.join(packages.folder('latent-interpolation'), 'dist')
  const hash = createHash('sha384')
    .update(await readFile(path.join(dist, 'cdn.js')))
    .digest('base64')
  expect(await readFile(path.join(dist, 'cdn.js.integrity'), 'utf8')).toBe(`sha384-${hash}\n`)
})

/** Node 20, the oldest version that the packages support, where it is on the PATH; and the version that runs the tests. */
const NODES = [
  ['Node 20', findNode20()],
  [`Node ${process.versions.node.split('.')[0]}`, process.execPath],
] as const

function findNode20(): string | undefined {
  const candidates = (process.env.PATH ?? '')
    .split(path.delimiter)
    .filter(folder => !folder.includes('node_modules'))
  for (const folder of candidates) {
    const file = path.join(folder, 'node')
    try {
      if (execFileSync(file, ['--version'], { encoding: 'utf8' }).startsWith('v20.')) return file
    } catch {}
  }
  return undefined
}

describe.each(NODES)('a script under %s', (_, node) => {
  let project: Project
  beforeAll(async () => {
    project = await packages.createProject(PACKAGE_NAMES)
  })

  test.skipIf(!node)('latent-edge-client draws digits and throws typed errors', async () => {
    await project.write('client.js', APP_FILES.client(server.url))
    const result = JSON.parse(await project.run(node as string, 'client.js'))
    expect(result).toEqual({
      shape: [2, 28, 28],
      first: 784,
      sameSeed: true,
      decoded: true,
      frames: 3,
      png: 'image/png',
      error: { status: 404, code: 'unknown-model', field: 'model' },
    })
  })

  test.skipIf(!node)('tfjs-to-onnx converts a model as a function and as a command', async () => {
    const model = path.join(ROOT, 'test/golden/export')
    await project.write('convert.js', APP_FILES.convert(model))
    await project.run(node as string, 'convert.js')
    const expected = await readFile(path.join(model, 'model.fp32.onnx'))
    for (const file of ['path.onnx', 'memory.onnx']) {
      expect(await readFile(path.join(project.folder, file))).toEqual(expected)
    }
    const command = path.join(project.folder, 'node_modules/tfjs-to-onnx/dist/tfjs2onnx.js')
    await project.run(node as string, command, model, 'command.onnx')
    expect(await readFile(path.join(project.folder, 'command.onnx'))).toEqual(expected)
  })

  test.skipIf(!node)('latent-interpolation can be imported without a DOM and does nothing', async () => {
    await project.write(
      'import.js',
      "import { setServer } from 'latent-interpolation'\nsetServer('https://a.example')\n",
    )
    expect(await project.run(node as string, 'import.js')).toBe('')
  })
})

describe.each([
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
])('a strict TypeScript project with module %s and resolution %s', (module, moduleResolution) => {
  test('the type checker accepts correct uses of the packages and rejects wrong ones', async () => {
    const project = await packages.createProject(PACKAGE_NAMES, [
      'react',
      '@types/react',
      'csstype',
      'vue',
      '@vue',
      'svelte',
      'typescript',
    ])
    for (const [name, content] of Object.entries(TYPE_TESTS)) await project.write(name, content)
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: 'es2022',
      lib: ['es2023', 'dom', 'dom.iterable'],
      module,
      moduleResolution,
      jsx: 'react-jsx',
      types: [],
      skipLibCheck: false,
    }
    const files = Object.keys(TYPE_TESTS)
    await project.write('tsconfig.json', JSON.stringify({ compilerOptions, files }))
    const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc')
    const output = await project.run(process.execPath, tsc, '-p', '.').catch(error => error.stdout)
    // Other packages' declarations are not ours to check.
    const errors = output
      .split('\n')
      .filter((line: string) => line.includes('error') && !line.includes('node_modules/@types'))
    expect(errors).toEqual([])
  })
})

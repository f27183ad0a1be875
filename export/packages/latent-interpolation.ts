import { createHash } from 'node:crypto'
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { bundle, bundleTypes, ROOT } from './bundle.ts'
import type { PackageDefinition } from './package-definition.ts'

const SOURCE = 'web/embed/package'
const OFFLINE = 'export/packages/latent-interpolation/offline.ts'
const COMMAND = 'export/packages/latent-interpolation/offline-cli.ts'

/** Declarations written by hand, by their names in the package. */
const TYPES = {
  'jsx.d.ts': `${SOURCE}/jsx.d.ts`,
  'vue.d.ts': `${SOURCE}/vue.d.ts`,
  'svelte.d.ts': `${SOURCE}/svelte.d.ts`,
}

/**
 * The npm package with the element, its types for frameworks, and the command that writes pages without a server.
 */
export const latentInterpolation: PackageDefinition = {
  name: 'latent-interpolation',
  description: 'A custom element that shows one image turning into another, decoded by an autoencoder.',
  keywords: ['custom-element', 'web-component', 'autoencoder', 'latent-space', 'react', 'vue', 'svelte'],
  folder: 'latent-interpolation',
  manifest: {
    bin: { 'latent-interpolation': 'dist/offline-cli.js' },
    exports: {
      '.': { types: './dist/index.d.ts', default: './dist/index.js' },
      './react': { types: './dist/react.d.ts', default: './dist/react.js' },
      './offline': { types: './dist/offline.d.ts', default: './dist/offline.js' },
      './jsx': { types: './dist/jsx.d.ts', default: './dist/jsx.js' },
      './vue': { types: './dist/vue.d.ts', default: './dist/vue.js' },
      './svelte': { types: './dist/svelte.d.ts', default: './dist/svelte.js' },
      './cdn.js': { types: './dist/index.d.ts', default: './dist/cdn.js' },
      './custom-elements.json': './custom-elements.json',
      './package.json': './package.json',
    },
    types: './dist/index.d.ts',
    unpkg: './dist/cdn.js',
    jsdelivr: './dist/cdn.js',
    customElements: './custom-elements.json',
    sideEffects: ['./dist/index.js', './dist/react.js', './dist/cdn.js', './dist/offline-element.js'],
    peerDependencies: { react: '>=19', svelte: '>=5', vue: '>=3.5' },
    peerDependenciesMeta: {
      react: { optional: true },
      svelte: { optional: true },
      vue: { optional: true },
    },
  },
  budgets: { 'dist/cdn.js': 20_700 },
  async build(out) {
    const dist = path.join(out, 'dist')
    await bundle({ entries: { index: `${SOURCE}/index.ts` }, out: dist })
    await bundle({ entries: { cdn: `${SOURCE}/index.ts` }, out: dist, minify: true })
    await bundle({ entries: { react: `${SOURCE}/react.ts` }, out: dist, external: ['react', './index.js'] })
    await bundle({
      entries: { 'offline-element': 'web/embed/element/offline-script.ts' },
      out: dist,
      minify: true,
      format: 'iife',
    })
    await rm(path.join(dist, 'offline-element.js.map'))
    await bundle({ entries: { offline: OFFLINE, 'offline-cli': COMMAND }, out: dist })
    await prepend(path.join(dist, 'offline-cli.js'), '#!/usr/bin/env node\n')
    await chmod(path.join(dist, 'offline-cli.js'), 0o755)
    await prepend(path.join(dist, 'react.js'), "'use client'\nimport './index.js'\n")
    await writeTypes(dist)
    const { customElementsManifest } = await import(path.join(ROOT, SOURCE, 'custom-elements.ts'))
    const manifest = JSON.stringify(customElementsManifest('dist/index.js'), null, 2)
    await writeFile(path.join(out, 'custom-elements.json'), `${manifest}\n`)
    await writeIntegrity(out)
  },
}

async function writeTypes(dist: string): Promise<void> {
  const element = await readFile(path.join(ROOT, 'web/embed/latent-interpolation.d.ts'), 'utf8')
  const setServer =
    '\n/** Sets the server of elements that have no `src`. Call it once, with the base URL of the server. */\n' +
    'export declare function setServer(url: string | URL): void\n'
  await writeFile(path.join(dist, 'index.d.ts'), element + setServer)
  for (const [name, file] of Object.entries(TYPES)) {
    const text = await readFile(path.join(ROOT, file), 'utf8')
    await writeFile(path.join(dist, name), text.replace('../latent-interpolation.d.ts', './index.js'))
    // For bundlers, to which an import of the types alone is an import of a module.
    await writeFile(path.join(dist, name.replace('.d.ts', '.js')), 'export {}\n')
  }
  await bundleTypes({ 'react.d': `${SOURCE}/react.ts` }, 'web', dist, ['../latent-interpolation.d.ts'])
  const react = path.join(dist, 'react.d.ts')
  const types = (await readFile(react, 'utf8')).replace('../latent-interpolation.js', './index.js')
  await writeFile(react, `/// <reference path="./jsx.d.ts" />\n${types}`)
  await bundleTypes({ 'offline.d': OFFLINE }, 'export', dist)
}

/** Writes the hash that a page's `integrity` attribute needs (Subresource Integrity). */
async function writeIntegrity(out: string): Promise<void> {
  const script = await readFile(path.join(out, 'dist/cdn.js'))
  const hash = `sha384-${createHash('sha384').update(script).digest('base64')}`
  await writeFile(path.join(out, 'dist/cdn.js.integrity'), `${hash}\n`)
  console.log(`  dist/cdn.js  integrity="${hash}"`)
}

async function prepend(file: string, text: string): Promise<void> {
  await writeFile(file, text + (await readFile(file, 'utf8')))
}

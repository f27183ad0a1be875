import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { build } from 'vite'
import { ROOT } from '../../edge/node/build.ts'
import { buildElement } from '../../web/embed/build-element.ts'
import { madeOnce } from './made-once.ts'

/** The folder of the page, built from the sources as they are. It must not be changed: see `madeOnce`. */
export function builtPage(): Promise<string> {
  return madeOnce('page', async page => {
    const root = path.join(ROOT, 'web')
    const configFile = path.join(root, 'vite.config.ts')
    await build({ root, configFile, logLevel: 'error', build: { outDir: page } })
  })
}

/** A folder with the widget's script alone, at its place in the page. It must not be changed: see `madeOnce`. */
export function builtElement(): Promise<string> {
  return madeOnce('element', async folder => {
    await mkdir(path.join(folder, 'embed'))
    await writeFile(path.join(folder, 'embed/latent-interpolation.js'), await buildElement())
  })
}

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { sharedChunk } from './build/shared-chunk.ts'
import { testImages } from './build/test-images-plugin.ts'
import { trainingImages } from './build/training-images-plugin.ts'
import { trimReport } from './build/trim-report-plugin.ts'
import { viewFiles } from './build/view-files-plugin.ts'
import { embedScript } from './embed/build-element.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The views that come when they are first opened, by name. Train and Paper are large and share little. */
const SMALL_VIEWS = ['sample', 'styles', 'interpolate', 'reconstruct', 'compare']
const viewId = (name: string) => here(`views/${name}.ts`)
const LATER_VIEWS = {
  ...Object.fromEntries(SMALL_VIEWS.map(name => [name, viewId(name)])),
  train: viewId('train'),
  paper: viewId('paper'),
}

/** What comes with the page: what it is made of, and a small module that two large views would share as a file. */
const FIRST_LOAD = [here('main.ts'), here('../models/classes.ts')]

/** The scripts of the pages for embedding and converting. */
const GALLERY = here('embed/gallery/gallery.ts')
const OTHER_PAGES = [GALLERY, here('convert/main.ts')]

/** A public key in PEM, in the file that VERIFY_KEY names: the page then shows only models signed by it. */
const verifyKey = process.env.VERIFY_KEY ? readFileSync(process.env.VERIFY_KEY, 'utf8') : ''

export default defineConfig({
  root: here('.'),
  define: { 'import.meta.env.VERIFY_KEY': JSON.stringify(verifyKey) },
  base: './',
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        index: here('index.html'),
        embed: here('embed/index.html'),
        convert: here('convert/index.html'),
      },
      output: {
        codeSplitting: {
          groups: [
            { ...sharedChunk('first-load', FIRST_LOAD), priority: 3 },
            { ...sharedChunk('gallery', [GALLERY]), priority: 2 },
            { ...sharedChunk('views', SMALL_VIEWS.map(viewId), OTHER_PAGES), priority: 1 },
          ],
        },
      },
    },
  },
  worker: { format: 'es' },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  plugins: [trimReport(), testImages(), trainingImages(), viewFiles(LATER_VIEWS), embedScript()],
})

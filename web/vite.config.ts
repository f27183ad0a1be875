import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { testImages } from './build/test-images-plugin.ts'
import { trainingImages } from './build/training-images-plugin.ts'
import { trimReport } from './build/trim-report-plugin.ts'
import { embedScript } from './embed/build-element.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

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
    },
  },
  worker: { format: 'es' },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  plugins: [trimReport(), testImages(), trainingImages(), embedScript()],
})

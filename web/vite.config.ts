import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { testImages } from './sprite.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: here('.'),
  base: './',
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // The schemas in models/ are for checking files; the page uses their types and the maths beside them.
      treeshake: { manualPureFunctions: ['z'] },
    },
  },
  worker: { format: 'es' },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  plugins: [testImages()],
})

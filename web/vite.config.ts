import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { testImages } from './sprite.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: here('.'),
  base: './',
  resolve: { alias: { zod: here('schema.ts') } },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: 'es' },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  plugins: [testImages()],
})

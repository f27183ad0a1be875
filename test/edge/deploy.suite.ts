import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Workplace } from './servers.ts'

const KIB = 1024

/** What would be uploaded: bytes, raw and gzipped. Cloudflare takes 64 MiB of Worker and 25 MiB an asset. */
export function deploySuite(workplace: () => Workplace, printed: () => string): void {
  describe('wrangler deploy --dry-run', () => {
    test('wrangler deploy --dry-run succeeds with the bindings of the Worker', () => {
      for (const binding of ['env.ASSETS', 'env.RATE_LIMIT', 'env.VERSION'])
        expect(printed()).toContain(binding)
      expect(printed()).toContain('--dry-run: exiting now.')
    })
    test('the script is within its size budget; all other modules are wasm: ONNX Runtime, MozJPEG and libwebp', async () => {
      const files = (await readdir(workplace().worker)).filter(file => /\.(js|wasm)$/.test(file))
      const sizes: Record<string, { raw: number; gzip: number }> = {}
      for (const file of files) {
        const bytes = await readFile(path.join(workplace().worker, file))
        const size = (sizes[path.extname(file)] ??= { raw: 0, gzip: 0 })
        size.raw += bytes.length
        size.gzip += gzipSync(bytes).length
      }
      expect(Object.keys(sizes).sort()).toEqual(['.js', '.wasm'])
      expect(sizes['.js'].raw).toBeLessThan(880 * KIB)
      expect(sizes['.js'].gzip).toBeLessThan(232 * KIB)
      expect(sizes['.wasm'].raw).toBeLessThan(14.3 * KIB * KIB)
      expect(sizes['.js'].gzip + sizes['.wasm'].gzip).toBeLessThan(4.2 * KIB * KIB)
    })
    test('no asset exceeds the size limit of Cloudflare', async () => {
      const folder = workplace().assets
      for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
        if (!file.isFile()) continue
        const bytes = await readFile(path.join(file.parentPath, file.name))
        expect(bytes.length, file.name).toBeLessThan(25 * KIB * KIB)
      }
    })
  })
}

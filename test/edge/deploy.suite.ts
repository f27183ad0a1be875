import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readableModels } from '../../edge/catalog/readable-models.ts'
import { FOLDERS, listModels } from '../../edge/node/build.ts'
import { chooseDefaultModel } from '../../models/default-model.ts'
import { parseCard } from '../../models/registry/version.ts'
import type { TestFolders } from './servers.ts'

const KIB = 1024

/**
 * Largest sizes in bytes of the zoo's parts in the script. The catalog is parsed and the decoder opened at global
 * scope,
 * which takes 25 ms and 30 ms of the second that Cloudflare allows.
 */
const BUNDLED = { catalog: 3 * KIB * KIB, decoder: 1.5 * KIB * KIB }

/** Sizes of the upload. Cloudflare allows 64 MiB for a Worker and 25 MiB for an asset. */
export function deploySuite(folders: () => TestFolders, printed: () => string): void {
  describe('wrangler deploy --dry-run', () => {
    test('wrangler deploy --dry-run succeeds with the bindings of the Worker', () => {
      for (const binding of ['env.ASSETS', 'env.RATE_LIMIT', 'env.VERSION'])
        expect(printed()).toContain(binding)
      expect(printed()).toContain('--dry-run: exiting now.')
    })
    test('script and wasm (ONNX Runtime, MozJPEG, libwebp) are within their size budgets', async () => {
      const files = (await readdir(folders().worker)).filter(file => !/\.(map|md)$/.test(file))
      const sizes: Record<string, { raw: number; gzip: number }> = {}
      for (const file of files) {
        const bytes = await readFile(path.join(folders().worker, file))
        const size = (sizes[path.extname(file)] ??= { raw: 0, gzip: 0 })
        size.raw += bytes.length
        size.gzip += gzipSync(bytes).length
      }
      expect(Object.keys(sizes).sort()).toEqual(['.bin', '.js', '.txt', '.wasm'])
      expect(sizes['.js'].raw).toBeLessThan(830 * KIB)
      // 3 KiB of them draw the pictures of link previews.
      expect(sizes['.js'].gzip).toBeLessThan(225 * KIB)
      expect(sizes['.wasm'].raw).toBeLessThan(14.3 * KIB * KIB)
      expect(sizes['.js'].gzip + sizes['.wasm'].gzip).toBeLessThan(4.2 * KIB * KIB)
    })
    test('what the zoo adds to the script, and to its start, is within its budget', async () => {
      const entries = await Promise.all(
        (await listModels(FOLDERS.zoo)).map(async id => {
          const card = parseCard(await readFile(path.join(FOLDERS.zoo, id, 'card.json')), id)
          return { id, card }
        }),
      )
      const first = chooseDefaultModel(readableModels(entries))
      expect(JSON.stringify(entries).length).toBeLessThan(BUNDLED.catalog)
      expect(first?.card.files.decoder.bytes).toBeLessThan(BUNDLED.decoder)
    })
    test('no asset exceeds the size limit of Cloudflare', async () => {
      const folder = folders().assets
      for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
        if (!file.isFile()) continue
        const bytes = await readFile(path.join(file.parentPath, file.name))
        expect(bytes.length, file.name).toBeLessThan(25 * KIB * KIB)
      }
    })
  })
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import { afterAll } from 'vitest'

/**
 * For a test file: a function that writes files, by their paths relative to a new folder called `My Faces`, and returns
 * the folder. All folders are removed after the file's tests.
 */
export function folderWriter(): (files: Record<string, Uint8Array | string>) => string {
  const root = mkdtempSync(join(tmpdir(), 'own-'))
  afterAll(() => rmSync(root, { recursive: true }))
  return files => {
    const dir = join(mkdtempSync(join(root, 'f-')), 'My Faces')
    mkdirSync(dir)
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, name)), { recursive: true })
      writeFileSync(join(dir, name), content)
    }
    return dir
  }
}

/** A PNG of unfiltered `rows`, each the bytes as they stand in the file. Grey 0, RGB 2, palette 3, grey+alpha 4, RGBA 6. */
export function png(
  width: number,
  depth: number,
  type: number,
  rows: number[][],
  palette: number[] = [],
): Buffer {
  const chunk = (name: string, body: Uint8Array) => {
    const named = Buffer.concat([Buffer.from(name), body])
    const frame = Buffer.alloc(8)
    frame.writeUInt32BE(body.length)
    frame.writeUInt32BE(crc32(named), 4)
    return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)])
  }
  const header = Buffer.from([0, 0, 0, width, 0, 0, 0, rows.length, depth, type, 0, 0, 0])
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...(palette.length > 0 ? [chunk('PLTE', Buffer.from(palette))] : []),
    chunk('IDAT', deflateSync(Buffer.from(rows.flatMap(row => [0, ...row])))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** A PNG of 8-bit grey rows. */
export const grey = (...rows: number[][]) => png(rows[0].length, 8, 0, rows)

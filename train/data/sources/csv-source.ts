import { createReadStream } from 'node:fs'
import { dirname, join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'
import { parseNumber } from '../../../models/parse-text.ts'
import type { ImportOptions } from '../../step/configuration.ts'
import type { ImageFile } from './image-tree.ts'
import { type OnRead, readImageFiles } from './read-images.ts'
import { partOf, type Source, type SourceImage } from './source.ts'

const LABELS = ['label', 'class', 'target', 'category', 'y', 'emotion']
const FILES = ['file', 'filename', 'file_name', 'path', 'image', 'image_path', 'filepath']
const SPLITS = ['split', 'usage', 'set', 'subset', 'fold']

/** Which columns of a table hold what; the others hold a pixel each. */
interface Columns {
  label: number
  split: number
  /** A column of whole images as text, intensities with spaces between them. */
  pixels: number
  file: number
  /** Columns of one intensity each. */
  values: number[]
}

/**
 * Reads a CSV file, one row an image (also gzipped, also with semicolons or tabs): a column a pixel, a column of all
 * pixels as text, or a column of file names. Labels stand in a column called label, class, target, category or y, or
 * without a header in the first column where it makes the number of columns one more than that of pixels. A column
 * called split or usage divides the rows.
 *
 * @param options `size` gives the shape of images that are not square
 */
export async function readCsv(
  file: string,
  options: ImportOptions,
  onRead?: OnRead,
): Promise<Omit<Source, 'name'>> {
  let columns: Columns | undefined
  let shape: { width: number; height: number } | undefined
  const rows: (Omit<SourceImage, 'pixels'> & { values: Float32Array })[] = []
  const files: ImageFile[] = []
  let row = 0
  for await (const cells of openRows(file)) {
    row++
    if (!columns) {
      const words = cells.filter(cell => parseNumber(cell) === undefined && !/^[\d\s.]+$/.test(cell))
      const header = words.length > cells.length / 2
      columns = header ? namedColumns(cells) : plainColumns(cells.length, options)
      if (header) continue
    }
    const label = columns.label < 0 ? null : cells[columns.label]
    const part = columns.split < 0 ? null : (partOf(cells[columns.split]) ?? null)
    if (columns.split >= 0 && !part) {
      throw new Error(
        `${file}, row ${row}: expected train, validation or test, got "${cells[columns.split]}"`,
      )
    }
    if (columns.file >= 0) {
      files.push({ path: join(dirname(file), cells[columns.file]), label, part })
      continue
    }
    const texts =
      columns.pixels >= 0 ? cells[columns.pixels].trim().split(/\s+/) : columns.values.map(i => cells[i])
    shape ??= shapeOf(texts.length, options, file)
    rows.push({ values: readPixels(texts, shape, `${file}, row ${row}`), label, part })
  }
  if (files.length > 0) return readImageFiles(files, [], options, file, onRead)
  if (!shape) throw new Error(`${file}: expected rows of images, found none`)
  // Intensities up to 1 are fractions of white, or bits.
  const scale = rows.every(({ values }) => values.every(value => value <= 1)) ? 255 : 1
  const images = rows.map(({ values, label, part }) => ({
    pixels: Uint8Array.from(values, value => Math.round(scale * value)),
    label,
    part,
  }))
  return { ...shape, images, skipped: [] }
}

async function* openRows(file: string): AsyncGenerator<string[]> {
  const stream = createReadStream(file)
  const rows = parse({
    bom: true,
    delimiter: [',', ';', '\t'],
    relax_column_count: false,
    skip_empty_lines: true,
    trim: true,
  })
  const source = file.endsWith('.gz') ? stream.pipe(createGunzip()) : stream
  stream.on('error', (error: Error) => rows.destroy(error))
  if (source !== stream) source.on('error', (error: Error) => rows.destroy(error))
  try {
    for await (const row of source.pipe(rows)) yield row as string[]
  } catch (cause) {
    throw new Error(`${file}: ${(cause as Error).message}`, { cause })
  }
}

function namedColumns(header: readonly string[]): Columns {
  const names = header.map(name => name.toLowerCase())
  const find = (words: readonly string[]) => names.findIndex(name => words.includes(name))
  const [label, split, file, pixels] = [find(LABELS), find(SPLITS), find(FILES), names.indexOf('pixels')]
  const other = (i: number) =>
    ![label, split, file, pixels].includes(i) && !['', 'id', 'index'].includes(names[i])
  return { label, split, file, pixels, values: names.flatMap((_, i) => (other(i) ? [i] : [])) }
}

function plainColumns(count: number, { size }: ImportOptions): Columns {
  const area = size && size.width * size.height
  const fits = (n: number) => n === area || Number.isInteger(Math.sqrt(n))
  const label = !fits(count) && fits(count - 1) ? 0 : -1
  const values = Array.from({ length: count }, (_, i) => i).filter(i => i !== label)
  return { label, split: -1, file: -1, pixels: -1, values }
}

function shapeOf(count: number, { size }: ImportOptions, file: string): { width: number; height: number } {
  if (size && size.width * size.height === count) return size
  const side = Math.sqrt(count)
  if (Number.isInteger(side) && side > 0) return { width: side, height: side }
  throw new Error(
    `${file}: expected square images, got rows of ${count} pixels; give their shape with --size WxH`,
  )
}

function readPixels(
  texts: readonly string[],
  { width, height }: { width: number; height: number },
  where: string,
): Float32Array {
  if (texts.length !== width * height) {
    throw new Error(`${where}: expected ${width * height} pixels, got ${texts.length}`)
  }
  return Float32Array.from(texts, text => {
    const value = parseNumber(text)
    if (value === undefined || value < 0 || value > 255) {
      throw new Error(`${where}: expected intensities from 0 to 255, got "${text}"`)
    }
    return value
  })
}

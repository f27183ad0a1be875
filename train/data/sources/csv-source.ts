import { createReadStream } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'
import { parseNumber } from '../../../models/parse-text.ts'
import type { ImportOptions } from '../../step/configuration.ts'
import type { ImageFile } from './image-tree.ts'
import { type OnRead, readImageFiles } from './read-images.ts'
import { partOf, type Source, type SourceImage } from './source.ts'

const LABELS = ['label', 'labels', 'class', 'class_name', 'classname', 'target', 'category', 'y', 'emotion']
const FILES = ['file', 'filename', 'file_name', 'path', 'image', 'image_path', 'filepath']
const FILE = /\.(png|jpe?g|webp|avif|tiff?|gif)$/i
/** A whole image in one cell. */
const WHOLE = /^[\d.]+(\s+[\d.]+){3,}$/
/** How many rows are looked at to tell a column of labels from pixels where no header names it. */
const LOOK = 200
/** Characters of a row at most, eight million pixels: a file of another kind may be one endless line. */
const LONGEST_ROW = 32e6
const SPLITS = ['split', 'usage', 'set', 'subset', 'fold']

/** The meaning of a table's columns; -1 for one that the table does not have. */
interface Columns {
  /** Whether the first row names the columns. */
  header: boolean
  label: number
  split: number
  /** A column of whole images as text, intensities with spaces between them. */
  pixels: number
  file: number
  /** Columns of one intensity each. */
  values: number[]
}

/**
 * Reads a CSV file, one row per image: a column per pixel, a column of all pixels as text, or a column of file names. It may
 * be gzipped, and have semicolons or tabs in place of commas, then also decimal commas. Labels stand in a column called
 * label, class, target, category or y.
 * Where no header says so and there is one column more than pixels, labels are the first or the last column, whichever
 * looks like labels (`isLabels`). A column called split or usage divides the rows.
 *
 * @param options `size` gives the shape of images that are not square
 */
export async function readCsv(
  file: string,
  options: ImportOptions,
  onRead?: OnRead,
): Promise<Omit<Source, 'name'>> {
  let shape: { width: number; height: number } | undefined
  const rows: (Omit<SourceImage, 'pixels'> & { values: Float32Array })[] = []
  const files: ImageFile[] = []
  let row = 0
  const { columns, cellsOf } = await openTable(file, options)
  for await (const cells of cellsOf) {
    row++
    if (row === 1 && columns.header) continue
    const label = columns.label < 0 ? null : cells[columns.label]
    const part = columns.split < 0 ? null : (partOf(cells[columns.split]) ?? null)
    if (columns.split >= 0 && !part) {
      throw new Error(
        `${file}, row ${row}: expected train, validation or test, got "${cells[columns.split]}"`,
      )
    }
    if (columns.file >= 0) {
      files.push({ path: resolve(dirname(file), cells[columns.file]), label, part })
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

/**
 * A file's text, unpacked if its name ends in .gz. Errors are raised where it is read; the file is closed when the stream
 * ends or is destroyed.
 */
function openText(file: string): Readable {
  const stream = createReadStream(file)
  return file.endsWith('.gz') ? pipeline(stream, createGunzip(), ignore) : stream
}

/** The callback of pipelines whose errors are raised where their last stream is read. */
function ignore(): void {}

async function* openRows(file: string): AsyncGenerator<string[]> {
  try {
    const delimiter = await detectDelimiter(file)
    const rows = parse({
      bom: true,
      delimiter,
      max_record_size: LONGEST_ROW,
      relax_column_count: false,
      skip_empty_lines: true,
      trim: true,
    })
    for await (const row of pipeline(openText(file), rows, ignore) as AsyncIterable<string[]>) {
      // Where commas do not separate cells, numbers may have them for points.
      yield delimiter === ',' ? row : row.map(cell => cell.replace(/^(-?\d+),(\d+)$/, '$1.$2'))
    }
  } catch (cause) {
    throw new Error(`${file}: ${(cause as Error).message}`, { cause })
  }
}

/** What separates the cells of a table's first line: tabs or semicolons where it has any, else commas. */
async function detectDelimiter(file: string): Promise<string> {
  let line = ''
  for await (const chunk of openText(file)) {
    line += chunk
    // A line of a million characters has separators by then, if it has any.
    if (line.includes('\n') || line.length > 1e6) break
  }
  return ['\t', ';'].find(each => line.split('\n', 1)[0].includes(each)) ?? ','
}

/** Decides by a table's first rows what its columns are, and gives all rows. */
async function openTable(file: string, options: ImportOptions) {
  const rows = openRows(file)
  const first: string[][] = []
  while (first.length <= LOOK) {
    const { value, done } = await rows.next()
    if (done) break
    first.push(value)
  }
  async function* cellsOf() {
    yield* first
    yield* rows
  }
  const none = { header: false, label: -1, split: -1, pixels: -1, file: -1, values: [] }
  const columns = first.length === 0 ? none : chooseColumns(first, options)
  return { columns, cellsOf: cellsOf() }
}

function chooseColumns(rows: readonly string[][], options: ImportOptions): Columns {
  const words = rows[0].filter(cell => parseNumber(cell) === undefined && !/^[\d\s.]+$/.test(cell))
  const header = words.length > rows[0].length / 2 && !rows[0].some(cell => FILE.test(cell))
  const body = header ? rows.slice(1) : rows
  const columns = header ? namedColumns(rows[0]) : { label: -1, split: -1, pixels: -1, file: -1 }
  const { split } = columns
  const file = columns.file < 0 && body.length > 0 ? body[0].findIndex(cell => FILE.test(cell)) : columns.file
  const names = header ? rows[0].map(name => name.toLowerCase()) : []
  const pixels =
    columns.pixels < 0 && body.length > 0 ? body[0].findIndex(cell => WHOLE.test(cell)) : columns.pixels
  const rest = rows[0].flatMap((_, i) =>
    [columns.label, split, pixels, file].includes(i) || ['', 'id', 'index'].includes(names[i]) ? [] : [i],
  )
  const label = columns.label < 0 ? guessLabel(body, rest, { file, pixels }, options) : columns.label
  return { header, label, split, file, pixels, values: rest.filter(i => i !== label) }
}

function namedColumns(header: readonly string[]) {
  const names = header.map(name => name.toLowerCase())
  const find = (words: readonly string[]) => names.findIndex(name => words.includes(name))
  return { label: find(LABELS), split: find(SPLITS), file: find(FILES), pixels: names.indexOf('pixels') }
}

/** The column of labels among `rest`, which no header names; -1 where there is none. */
function guessLabel(
  rows: readonly string[][],
  rest: readonly number[],
  { file, pixels }: { file: number; pixels: number },
  { size }: ImportOptions,
): number {
  // A single column beside one of whole images or file names holds the labels.
  if (file >= 0 || pixels >= 0) return rest.length === 1 ? rest[0] : -1
  const isSquare = (n: number) => n > 0 && Number.isInteger(Math.sqrt(n))
  const area = size && size.width * size.height
  const isWhole = area === rest.length || (area !== rest.length - 1 && isSquare(rest.length))
  if (isWhole) return -1
  const cells = (i: number) => rows.map(row => row[i] ?? '')
  const texts = rest.filter(i => cells(i).every(cell => parseNumber(cell) === undefined))
  if (texts.length > 0) return texts.length === 1 ? texts[0] : -1
  const [first, last] = [rest[0], rest[rest.length - 1]]
  if (area !== rest.length - 1 && !isSquare(rest.length - 1)) return -1
  return !isLabels(cells(first)) && isLabels(cells(last)) ? last : first
}

/** Whether cells look like labels: whole numbers, not all one, that repeat. */
function isLabels(cells: readonly string[]): boolean {
  const distinct = new Set(cells)
  const areWhole = [...distinct].every(cell => Number.isInteger(parseNumber(cell)))
  return areWhole && distinct.size > 1 && (cells.length < 4 || distinct.size <= cells.length / 2)
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

import { decode, decodeApng } from 'fast-png'
import { expect } from 'vitest'

/** A grey picture of an answer. */
export interface Picture {
  width: number
  height: number
  data: ArrayLike<number>
}

/** Headers that differ between equal answers, or that a server adds of its own accord. */
export const OWN_HEADERS = [
  'connection',
  'date',
  'keep-alive',
  'ratelimit',
  'server-timing',
  'transfer-encoding',
  'x-request-id',
]

/** The body of an answer. @throws when its status is an error */
export async function bytesOf(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await response.arrayBuffer())
  expect(response.status, new TextDecoder().decode(bytes.subarray(0, 500))).toBe(200)
  return bytes
}

/** The JSON of an answer. @throws when its status is an error */
export async function jsonOf<T = Record<string, never>>(response: Response): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await bytesOf(response)))
}

/** Reads a PNG answer with an independent decoder. */
export async function pngOf(response: Response): Promise<Picture> {
  expect(response.headers.get('content-type')).toBe('image/png')
  const { width, height, data, channels, depth } = decode(await bytesOf(response), { checkCrc: true })
  expect([channels, depth]).toEqual([1, 8])
  return { width, height, data }
}

/** Reads an answer that is an animated PNG, with an independent decoder. */
export async function apngOf(response: Response) {
  expect(response.headers.get('content-type')).toBe('image/apng')
  return decodeApng(await bytesOf(response), { checkCrc: true })
}

/** Reads .npy by the text of NumPy's format description, version 1.0. */
export function readNpy(bytes: Uint8Array): { shape: number[]; data: Float32Array } {
  expect(Buffer.from(bytes.subarray(0, 8)).toString('latin1')).toBe('\x93NUMPY\x01\x00')
  const length = bytes[8] + 256 * bytes[9]
  expect((10 + length) % 64).toBe(0)
  const header = new TextDecoder().decode(bytes.subarray(10, 10 + length))
  const match = /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(([\d, ]+)\), \} *\n$/.exec(header)
  if (!match) throw new Error(`not a header: ${JSON.stringify(header)}`)
  const shape = match[1]
    .split(',')
    .filter(part => part.trim() !== '')
    .map(Number)
  return { shape, data: floatsOf(bytes.subarray(10 + length)) }
}

/** Little-endian float32. */
export function floatsOf(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(i * 4, true))
}

/** Events of a text/event-stream, by the rules of the HTML standard as far as this server uses them. */
export function readEvents(text: string): { event: string; data: Record<string, unknown>; id?: string }[] {
  return text
    .split('\n\n')
    .filter(block => block !== '')
    .map(block => {
      const fields = Object.fromEntries(
        block.split('\n').map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      )
      return { event: fields.event, data: JSON.parse(fields.data), ...(fields.id && { id: fields.id }) }
    })
}

/** Cuts one image out of a contact sheet. */
export function cell(sheet: Picture, row: number, column: number, height: number, width: number): number[] {
  return Array.from({ length: height * width }, (_, i) => {
    const y = row * height + Math.floor(i / width)
    return sheet.data[y * sheet.width + column * width + (i % width)]
  })
}

/** The largest difference between two lists of numbers of one length. */
export function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  let most = 0
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]))
  return most
}

interface Problem {
  type: string
  title: string
  status: number
  code: string
  detail: string
  errors?: { in: string; field: string; expected: string; got: string }[]
}

/** The problem of an answer, after checking that it is one. */
export async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text()
  expect(response.headers.get('content-type'), text.slice(0, 300)).toBe('application/problem+json')
  const problem = JSON.parse(text) as Problem
  expect(problem.status).toBe(response.status)
  expect(problem.type).toBe(`/docs#${problem.code}`)
  expect(problem.title.length).toBeGreaterThan(5)
  expect(problem.detail.length).toBeGreaterThan(5)
  expect(text).not.toMatch(/node_modules|\/work|\/tmp|\.ts:\d|at async/)
  expect(response.headers.get('access-control-allow-origin')).toBe('*')
  for (const fieldError of problem.errors ?? []) {
    for (const part of [fieldError.field, fieldError.expected, fieldError.got])
      expect(part.length).toBeGreaterThan(0)
  }
  return problem
}

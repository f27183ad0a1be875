import { appendFileSync, existsSync, mkdirSync, readdirSync, truncateSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { unwritten } from '../../export/files/write-atomic.ts'
import { createWriter, type Writer } from '../../models/onnx/protobuf-writer.ts'

/**
 * An open TensorBoard event file. Each write reaches the operating system before the call returns, so a killed process
 * loses no points.
 */
export interface Events {
  path: string
  /**
   * Appends one point to each given curve.
   *
   * @param step position on the curves, an integer ≥ 0
   * @param values by tag; a slash in a tag groups curves ("validation/elbo"). Stored as float32
   * @param wallTime seconds since 1970, now by default
   * @throws Error naming the file when it cannot be written
   */
  scalars(step: number, values: Record<string, number>, wallTime?: number): void
}

/** SessionLog.START of TensorFlow's event.proto. */
const START = 1

/**
 * Creates an event file in `dir`, which is created if missing. As in TensorFlow, a resumed run opens a new file: it
 * sorts after the existing ones, and TensorBoard drops their points at `resumeStep` and later.
 *
 * @param resumeStep the first step of this file, when it continues a run
 */
export function openEvents(dir: string, resumeStep?: number): Events {
  mkdirSync(dir, { recursive: true })
  const path = join(dir, `events.out.tfevents.${nextSecond(dir)}.${hostname()}.${process.pid}`)
  let length = 0
  const append = (wallTime: number, step: number, what: (event: Writer) => void) => {
    const event = createWriter()
    event.double(1, wallTime)
    if (step > 0) event.int(2, step)
    what(event)
    const bytes = record(event.finish())
    try {
      appendFileSync(path, bytes)
      length += bytes.length
    } catch (cause) {
      // A partial record would make the following ones unreadable.
      if (existsSync(path)) truncateSync(path, length)
      throw unwritten(path, cause, 'earlier points are kept')
    }
  }
  append(now(), 0, event => event.string(3, 'brain.Event:2'))
  if (resumeStep !== undefined) {
    append(now(), resumeStep, event => event.message(7, session => session.int(1, START)))
  }
  return {
    path,
    scalars: (step, values, wallTime = now()) =>
      append(wallTime, step, event => event.message(5, summary => writeValues(summary, values))),
  }
}

function writeValues(summary: Writer, values: Record<string, number>): void {
  for (const [tag, value] of Object.entries(values)) {
    summary.message(1, one => {
      one.string(1, tag)
      one.float(2, value)
    })
  }
}

/**
 * The current time in seconds, or one more than the latest event file in `dir`: TensorBoard reads the files of a run in
 * the order of their names.
 */
function nextSecond(dir: string): string {
  const taken = readdirSync(dir).map(name => Number(/^events\.out\.tfevents\.(\d+)\./.exec(name)?.[1] ?? 0))
  return String(Math.max(Math.floor(now()), ...taken.map(second => second + 1))).padStart(10, '0')
}

function now(): number {
  return Date.now() / 1000
}

/** One TFRecord: length (uint64), its masked CRC, the data, its masked CRC; all little-endian. */
function record(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + 4 + data.length + 4)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(data.length), true)
  view.setUint32(8, masked(crc32c(bytes.subarray(0, 8))), true)
  bytes.set(data, 12)
  view.setUint32(12 + data.length, masked(crc32c(data)), true)
  return bytes
}

/**
 * The masked CRC of the TFRecord format: rotated right by 15 bits, plus a constant, because a CRC of data that contains
 * CRCs is problematic.
 */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  return crc
})

/** CRC-32C (Castagnoli), reflected, as in RFC 3720, appendix B.4. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 0xff]
  return ~crc >>> 0
}

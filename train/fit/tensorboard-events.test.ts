import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { crc32c, openEvents } from './tensorboard-events.ts'

// protobufjs, a dependency of onnx-buf, is a decoder independent of our writer.
const require = createRequire(createRequire(import.meta.url).resolve('onnx-buf'))
const Event = require('protobufjs')
  .parse(
    `syntax = "proto3";
    message Value { string tag = 1; float simple_value = 2; }
    message Summary { repeated Value value = 1; }
    message SessionLog { enum Status { STATUS_UNSPECIFIED = 0; START = 1; } Status status = 1; }
    message Event {
      double wall_time = 1;
      int64 step = 2;
      oneof what { string file_version = 3; Summary summary = 5; SessionLog session_log = 7; }
    }`,
    { keepCase: true },
  )
  .root.lookupType('Event')

const root = mkdtempSync(join(tmpdir(), 'tfevents-'))
afterAll(() => rmSync(root, { recursive: true }))

/** CRC-32C one bit at a time over the polynomial 1EDC6F41, bits of each byte from the lowest. */
function slowCrc(bytes: Uint8Array): bigint {
  const reverse = (value: bigint, bits: number) =>
    BigInt(`0b${value.toString(2).padStart(bits, '0').split('').reverse().join('')}`)
  let crc = 0xffffffffn
  for (const byte of bytes) {
    crc ^= reverse(BigInt(byte), 8) << 24n
    for (let bit = 0; bit < 8; bit++)
      crc = ((crc << 1n) ^ (crc & 0x80000000n ? 0x11edc6f41n : 0n)) & 0xffffffffn
  }
  return reverse(crc ^ 0xffffffffn, 32)
}

/** Reads the events of a file and checks the framing of its records. */
function read(path: string): Record<string, unknown>[] {
  const bytes = readFileSync(path)
  const events = []
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at))
    for (const [start, size] of [
      [at, 8],
      [at + 12, length],
    ]) {
      const crc = slowCrc(bytes.subarray(start, start + size))
      const rotated = ((crc >> 15n) | (crc << 17n)) & 0xffffffffn
      expect(BigInt(bytes.readUInt32LE(start + size))).toBe((rotated + 0xa282ead8n) & 0xffffffffn)
    }
    events.push(Event.toObject(Event.decode(bytes.subarray(at + 12, at + 12 + length)), { longs: Number }))
    at += 16 + length
  }
  return events
}

test('crc32c gives the checksums of the published test vectors', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43)
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e)
})

test('an independent reader of TFRecords and protocol buffers finds the version and every point', () => {
  const events = openEvents(join(root, 'run'))
  events.scalars(1, { 'validation/elbo': -105.25, 'train/größe': 0.5 }, 1_700_000_000.5)
  events.scalars(3_000_000_000, { nan: Number.NaN })
  const [version, first, second] = read(events.path)
  expect(version).toMatchObject({ file_version: 'brain.Event:2' })
  expect(first).toEqual({
    wall_time: 1_700_000_000.5,
    step: 1,
    summary: {
      value: [
        { tag: 'validation/elbo', simple_value: -105.25 },
        { tag: 'train/größe', simple_value: 0.5 },
      ],
    },
  })
  expect(second).toMatchObject({
    step: 3_000_000_000,
    summary: { value: [{ tag: 'nan', simple_value: Number.NaN }] },
  })
  expect(Math.abs((second.wall_time as number) - Date.now() / 1000)).toBeLessThan(60)
})

test('a resumed run starts a new event file, which sorts last and states the step from which it replaces the old one', () => {
  const dir = join(root, 'resumed')
  const paths = [openEvents(dir).path, openEvents(dir, 7).path, openEvents(dir, 0).path]
  expect(readdirSync(dir).sort()).toEqual(paths.map(path => path.slice(dir.length + 1)))
  expect(paths.every(path => /\/events\.out\.tfevents\.\d{10}\./.test(path))).toBe(true)
  expect(read(paths[1])[1]).toMatchObject({ step: 7, session_log: { status: 1 } })
  expect(read(paths[2])[1]).toMatchObject({ session_log: { status: 1 } })
})

test('an event file that cannot be written is named', () => {
  const events = openEvents(join(root, 'gone'))
  rmSync(join(root, 'gone'), { recursive: true })
  expect(() => events.scalars(1, { a: 1 })).toThrow(`${events.path}: could not be written`)
})

test.skipIf(process.platform === 'win32')(
  'on a full disk the writer reports it and the file ends with a whole record',
  () => {
    const dir = join(root, 'full')
    const script = `
    import { openEvents } from ${JSON.stringify(join(import.meta.dirname, 'tensorboard-events.ts'))}
    const events = openEvents(${JSON.stringify(dir)})
    for (let step = 0; ; step++) try { events.scalars(step, { loss: 1 }) } catch (e) {
      console.log(step, e.message)
      break
    }`
    const shell = 'ulimit -f 4; exec "$0" --input-type=module --eval "$1"'
    const said = execFileSync('sh', ['-c', shell, process.execPath, script], { encoding: 'utf8' })
    const [, points, message] = /^(\d+) (.*)/.exec(said)!
    const [name] = readdirSync(dir)
    expect(message).toBe(
      `${join(dir, name)}: could not be written: the file would exceed the largest size allowed (EFBIG); ` +
        'earlier points are kept',
    )
    expect(read(join(dir, name)).length).toBe(1 + Number(points))
  },
)

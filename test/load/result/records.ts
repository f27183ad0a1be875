import { FAILURES, type Outcome } from '../client/outcome.ts'

/** Every request of a run, a column each. Times are milliseconds from the start of the count. */
export interface Records {
  /** Arrivals that were due before the run ended: the first `count` rows of the columns are used. */
  count: number
  /** Index of each request's kind. */
  kinds: Uint8Array
  scheduled: Float64Array
  /** When the request was handed to the client. */
  sent: Float64Array
  /** When the reply was complete or the request was given up; NaN if the run ended first. */
  ended: Float64Array
  /** 0: as expected; k: FAILURES[k - 1]. */
  failures: Uint8Array
  /** Bytes of the reply's body. */
  bytes: Uint32Array
  /** The first failure in words, by kind and failure. */
  details: Map<string, string>
}

const MAX_DETAILS = 100

/** Records of a schedule of which nothing has been sent yet. */
export function emptyRecords(scheduled: Float64Array, kinds: Uint8Array): Records {
  const n = scheduled.length
  return {
    count: 0,
    kinds,
    scheduled,
    sent: new Float64Array(n),
    ended: new Float64Array(n).fill(Number.NaN),
    failures: new Uint8Array(n),
    bytes: new Uint32Array(n),
    details: new Map(),
  }
}

/** Writes how request `i` ended. */
export function recordOutcome(
  records: Records,
  i: number,
  ended: number,
  outcome: Outcome,
  kindName: string,
): void {
  records.ended[i] = ended
  records.bytes[i] = outcome.bytes
  if (!outcome.failure) return
  records.failures[i] = FAILURES.indexOf(outcome.failure) + 1
  const key = `${kindName}: ${outcome.failure}`
  if (records.details.size < MAX_DETAILS && !records.details.has(key)) {
    records.details.set(key, outcome.detail ?? outcome.failure)
  }
}

/** The requests of several generators in one table, in the order of their scheduled times. */
export function mergeRecords(parts: readonly Records[]): Records {
  const rows = parts
    .flatMap((part, k) => Array.from({ length: part.count }, (_, i) => [k, i] as const))
    .sort(([a, i], [b, j]) => parts[a].scheduled[i] - parts[b].scheduled[j])
  const column = (name: 'scheduled' | 'sent' | 'ended' | 'kinds' | 'failures' | 'bytes') => (row: number) => {
    const [k, i] = rows[row]
    return parts[k][name][i]
  }
  const size = { length: rows.length }
  const floats = (name: 'scheduled' | 'sent' | 'ended') =>
    Float64Array.from(size, (_, row) => column(name)(row))
  const bytes = (name: 'kinds' | 'failures') => Uint8Array.from(size, (_, row) => column(name)(row))
  return {
    count: rows.length,
    kinds: bytes('kinds'),
    scheduled: floats('scheduled'),
    sent: floats('sent'),
    ended: floats('ended'),
    failures: bytes('failures'),
    bytes: Uint32Array.from(size, (_, row) => column('bytes')(row)),
    details: new Map(parts.toReversed().flatMap(part => [...part.details])),
  }
}

/** The used rows as bytes: the columns one after the other, little-endian, then the details as JSON. */
export function encodeRecords({ count, details, ...columns }: Records): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt32LE(count)
  const { scheduled, sent, ended, bytes, kinds, failures } = columns
  const parts = [scheduled, sent, ended, bytes, kinds, failures].map(column => {
    const used = column.subarray(0, count)
    return Buffer.from(used.buffer, used.byteOffset, used.byteLength)
  })
  return Buffer.concat([head, ...parts, Buffer.from(JSON.stringify([...details]))])
}

/**
 * Reads what `encodeRecords` wrote.
 *
 * @throws RangeError when the bytes are too few
 */
export function decodeRecords(content: Buffer): Records {
  const count = content.readUInt32LE(0)
  let at = 4
  const take = (width: number) => {
    const slice = Uint8Array.from(content.subarray(at, at + count * width))
    if (slice.length < count * width) {
      throw new RangeError(`records: expected ${at + count * width} bytes, got ${content.length}`)
    }
    at += count * width
    return slice
  }
  const floats = () => new Float64Array(take(8).buffer)
  const [scheduled, sent, ended] = [floats(), floats(), floats()]
  const bytes = new Uint32Array(take(4).buffer)
  const [kinds, failures] = [take(1), take(1)]
  const details = new Map<string, string>(JSON.parse(content.toString('utf8', at)))
  return { count, kinds, scheduled, sent, ended, failures, bytes, details }
}

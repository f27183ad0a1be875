/**
 * A strong entity tag: MurmurHash3 of the bytes with two seeds, 64 bits in all. SHA-256 would take many times as long,
 * which matters when a decode takes 0.1 ms; and the tag need not resist forgery, because only this server makes the bytes.
 */
export function entityTag(bytes: Uint8Array): string {
  const hashes = murmur3Pair(bytes, 0, 0x9747b28c)
  return `"${hashes.map(hash => hash.toString(16).padStart(8, '0')).join('')}"`
}

/** MurmurHash3, the 32-bit variant for x86 (Appleby, 2011), with two seeds in one pass: two unsigned integers. */
export function murmur3Pair(bytes: Uint8Array, seedA: number, seedB: number): [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const whole = bytes.length & ~3
  let a = seedA
  let b = seedB
  for (let at = 0; at < whole; at += 4) {
    const word = mix(view.getInt32(at, true))
    a = step(a, word)
    b = step(b, word)
  }
  let rest = 0
  for (let at = bytes.length - 1; at >= whole; at--) rest = (rest << 8) | bytes[at]
  const last = whole < bytes.length ? mix(rest) : 0
  return [finish(a ^ last ^ bytes.length), finish(b ^ last ^ bytes.length)]
}

function mix(word: number): number {
  const k = Math.imul(word, 0xcc9e2d51)
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593)
}

function step(hash: number, word: number): number {
  const h = hash ^ word
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0
}

function finish(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

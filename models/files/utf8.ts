/**
 * Decodes UTF-8 using only ECMAScript, to which `TextDecoder` does not belong.
 *
 * @throws URIError when the bytes are not UTF-8
 */
export function decodeUtf8(bytes: Uint8Array): string {
  if (isAscii(bytes)) return decodeAscii(bytes)
  let escaped = ''
  for (const b of bytes) {
    escaped += b < 0x80 && b !== 0x25 ? String.fromCharCode(b) : `%${b.toString(16).padStart(2, '0')}`
  }
  return decodeURIComponent(escaped)
}

function isAscii(bytes: Uint8Array): boolean {
  let bits = 0
  for (let i = 0; i < bytes.length; i++) bits |= bytes[i]
  return bits < 0x80
}

/** Characters that are passed to one call: engines limit the number of arguments. */
const CHARACTERS = 8192

function decodeAscii(bytes: Uint8Array): string {
  let text = ''
  for (let from = 0; from < bytes.length; from += CHARACTERS) {
    // Spread would go through an iterator, at eight times the cost.
    text += String.fromCharCode.apply(undefined, bytes.subarray(from, from + CHARACTERS) as never)
  }
  return text
}

/**
 * Encodes a string in UTF-8 using only ECMAScript, to which `TextEncoder` does not belong. A lone surrogate becomes
 * U+FFFD, as in `TextEncoder`.
 */
export function encodeUtf8(text: string): Uint8Array {
  const escaped = encodeURIComponent(text.toWellFormed())
  const bytes: number[] = []
  for (let i = 0; i < escaped.length; i++) {
    if (escaped[i] === '%') bytes.push(Number.parseInt(escaped.slice(i + 1, i + 3), 16))
    else bytes.push(escaped.charCodeAt(i))
    if (escaped[i] === '%') i += 2
  }
  return Uint8Array.from(bytes)
}

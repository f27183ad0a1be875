/**
 * Decodes UTF-8 using only ECMAScript, to which `TextDecoder` does not belong.
 *
 * @throws URIError when the bytes are not UTF-8
 */
export function decodeUtf8(bytes: Uint8Array): string {
  let escaped = ''
  for (const b of bytes) {
    escaped += b < 0x80 && b !== 0x25 ? String.fromCharCode(b) : `%${b.toString(16).padStart(2, '0')}`
  }
  return decodeURIComponent(escaped)
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

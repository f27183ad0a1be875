import { gunzipSync as gunzip } from 'fflate'

/*
 * What the conversion uses of Node's modules, for the browser build: unpacking gzip, and errors where a path is given.
 */

const noPaths = (path: string | URL): never => {
  throw Object.assign(new Error(`${path}: a browser has no paths`), {
    code: 'a browser reads URLs and files',
  })
}

export const readFile = async (path: string): Promise<Uint8Array> => noPaths(path)
export const stat = async (path: string): Promise<{ isDirectory(): boolean }> => noPaths(path)
export const fileURLToPath = (url: string): string => noPaths(url)
export const join = (...parts: string[]): string => parts.join('/')
export const dirname = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '.'

/** Unpacks gzip. @throws Error when the result would exceed `maxOutputLength` bytes, or the stream is damaged */
export function gunzipSync(bytes: Uint8Array, { maxOutputLength }: { maxOutputLength: number }): Uint8Array {
  // RFC 1952, 2.3.1: the last four bytes are the size of the input modulo 2^32.
  const size = new DataView(bytes.buffer, bytes.byteOffset + bytes.byteLength - 4).getUint32(0, true)
  if (size > maxOutputLength) throw new Error(`it has ${size} bytes`)
  return gunzip(bytes)
}

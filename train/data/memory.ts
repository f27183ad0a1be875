import { freemem } from 'node:os'

/** Bytes of memory that this process may still allocate: the free memory, or less if a container limits it. */
export function availableMemory(): number {
  return process.availableMemory?.() ?? freemem()
}

/** Checks that memory is available before it is allocated. @throws Error saying how much is needed and available */
export function requireMemory(bytes: number, what: string, advice = 'use smaller images (--size)'): void {
  const available = availableMemory()
  if (bytes <= available) return
  throw new Error(
    `${what} need ${formatBytes(bytes)} of memory, and ${formatBytes(available)} are available; ${advice}`,
  )
}

/** Bytes as `3.2 GB` or `48 MB`. */
export function formatBytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}

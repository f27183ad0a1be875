import { type FileHandle, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { unwritten } from '../../../export/files/write-atomic.ts'

/** A file to download. */
export interface Transfer {
  url: string
  /** Where the file goes once it is whole and verified; until then it grows beside it as `<target>.partial`. */
  target: string
  /** Throws when the content is not the file wanted. */
  verify: (stored: Uint8Array) => Promise<unknown>
  /** Called with the bytes there are and, when the server tells it, the size of the whole file. */
  onProgress?: (received: number, total: number | undefined) => void
  /** The first pause between attempts, doubled each time. Default 1,000 ms. */
  pauseMs?: number
  /** How long a connection may be silent. Default 30,000 ms. */
  silenceMs?: number
}

/** Attempts in a row that bring nothing new before a download is given up. */
const ATTEMPTS = 5

/** A failure that another attempt would meet again. */
class Permanent extends Error {}

/**
 * Downloads a file, resuming where an earlier attempt or call was interrupted. A complete file that does not verify is
 * removed; if it was put together from several attempts, it is fetched once more from its beginning.
 *
 * @throws Error naming the URL, and what was received instead of the file
 */
export async function download(transfer: Transfer): Promise<void> {
  const { url, target, verify } = transfer
  const partial = `${target}.partial`
  await mkdir(dirname(target), { recursive: true })
  for (let last = false; ; last = true) {
    const pieces = await fetchWhole(transfer, partial)
    try {
      await verify(await readFile(partial))
    } catch (cause) {
      await rm(partial, { force: true })
      if (pieces > 1 && !last) continue
      const what = (cause as Error).message
      throw new Error(`${url}: the download is not the file wanted and was removed: ${what}`, { cause })
    }
    return rename(partial, target)
  }
}

/** Attempts until the file is whole. Returns of how many pieces it is made. */
async function fetchWhole(transfer: Transfer, partial: string): Promise<number> {
  const { url, pauseMs = 1000 } = transfer
  let furthest = await sizeOf(partial)
  let pieces = furthest > 0 ? 2 : 1
  for (let attempt = 1, failures = 0; ; attempt++) {
    try {
      return (await fetchRest(transfer, partial)) ? pieces : 1
    } catch (error) {
      const reached = await sizeOf(partial)
      failures = reached > furthest ? 0 : failures + 1
      furthest = Math.max(furthest, reached)
      const hopeless = error instanceof Permanent || (attempt === 1 && isNobody(error))
      if (hopeless || failures === ATTEMPTS) {
        const kept =
          reached > 0 ? `; the first ${reached} bytes are kept, and the next try goes on from there` : ''
        throw new Error(`${url}: download failed: ${reason(error)}${kept}`, { cause: error })
      }
      pieces++
      await sleep(pauseMs * 2 ** Math.max(0, failures - 1))
    }
  }
}

/**
 * Makes one attempt: requests the missing part of `partial`. Returns whether the server resumed at the end of the file.
 */
async function fetchRest(transfer: Transfer, partial: string): Promise<boolean> {
  const { url, silenceMs = 30_000 } = transfer
  const have = await sizeOf(partial)
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(new Error(`no data for ${silenceMs / 1000} s`)), silenceMs)
  try {
    const headers = { 'accept-encoding': 'identity', ...(have > 0 && { range: `bytes=${have}-` }) }
    const response = await fetch(url, { headers, signal: silence.signal })
    const range = response.headers.get('content-range')
    if (response.status === 416) {
      await response.body?.cancel()
      if (range === `bytes */${have}`) return true
      await rm(partial, { force: true })
      throw new Error('the server has a shorter file than was begun')
    }
    const resumed = response.status === 206 && range?.startsWith(`bytes ${have}-`) === true
    if (!response.body || !(resumed || response.status === 200)) {
      await response.body?.cancel()
      const message = `expected status 200, got ${response.status} ${response.statusText}`
      throw response.status >= 500 || response.status === 429 ? new Error(message) : new Permanent(message)
    }
    await save(response, partial, resumed ? have : 0, transfer, () => timer.refresh())
    return resumed
  } finally {
    clearTimeout(timer)
  }
}

async function save(
  response: Response,
  partial: string,
  start: number,
  { onProgress }: Transfer,
  alive: () => void,
): Promise<void> {
  const length = response.headers.get('content-length')
  const total = length === null ? undefined : start + Number(length)
  let received = start
  let file: FileHandle | undefined
  try {
    file = await open(partial, start > 0 ? 'a' : 'w')
    for await (const chunk of response.body!) {
      alive()
      await file.writeFile(chunk).catch(cause => {
        throw new Permanent(unwritten(partial, cause, 'what came so far is kept').message)
      })
      received += chunk.length
      onProgress?.(received, total)
    }
  } finally {
    await file?.close()
  }
  if (total !== undefined && received !== total) throw new Error(`expected ${total} bytes, got ${received}`)
}

/**
 * Whether an error means an invalid address, an unknown host or a closed port: another attempt would not help, unless
 * an earlier one succeeded.
 */
function isNobody(error: unknown): boolean {
  const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException
  return ['ERR_INVALID_URL', 'ENOTFOUND', 'ECONNREFUSED'].includes(code ?? '')
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    s => s.size,
    () => 0,
  )
}

/** fetch wraps what went wrong in a "fetch failed" or "terminated". */
function reason(error: unknown): string {
  const { message, cause } = error as Error
  return cause instanceof Error ? `${message} (${cause.message})` : message
}

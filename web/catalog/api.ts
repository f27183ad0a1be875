import { concatBytes } from '../../models/files/bytes.ts'
import type { Progress } from './resource.ts'

/** The API's base URL: next to the page, or at the address that the page's URL names. */
export function apiRoot(api: string): string {
  return new URL('v1/', api === '' ? document.baseURI : `${api.replace(/\/$/, '')}/`).href
}

/**
 * Fetches bytes and reports progress.
 *
 * @throws Error with a sentence for the visitor: the detail of problem+json where the server sent it
 */
export async function fetchBytes(
  url: string,
  options: { progress?: Progress; init?: RequestInit } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetchOk(url, options.init)
  const length = Number(response.headers.get('content-length'))
  // The Content-Length of a compressed reply counts compressed bytes.
  const total = length > 0 && !response.headers.get('content-encoding') ? length : undefined
  const chunks: Uint8Array[] = []
  let received = 0
  if (!response.body) return new Uint8Array(await response.arrayBuffer())
  const reader = response.body.getReader()
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    chunks.push(chunk.value)
    received += chunk.value.length
    options.progress?.(received, total)
  }
  return concatBytes(chunks)
}

/** Fetches JSON. @throws as `fetchBytes` */
export async function fetchJson<T>(url: string): Promise<T> {
  // No Accept header: the request must equal that of the page's <link rel="preload"> to use its reply.
  return (await fetchOk(url)).json() as Promise<T>
}

async function fetchOk(url: string, init?: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(url, init)
  } catch {
    throw new Error(`The server at ${new URL(url).host} does not answer.`)
  }
  if (response.ok) return response
  throw new Error(await problem(response))
}

async function problem(response: Response): Promise<string> {
  const where = new URL(response.url).pathname
  if (response.headers.get('content-type')?.includes('problem+json')) {
    const body = (await response.json().catch(() => ({}))) as { title?: string; detail?: string }
    const message = body.detail ?? body.title
    if (message) return message
  }
  return `${where} answered ${response.status}${response.statusText ? ` ${response.statusText}` : ''}.`
}

import type { RequestHead } from '../http/request-head.ts'

/** A request's line in the access log. */
export interface AccessEntry {
  id: string
  head: RequestHead
  route: string
  status: number
  /** Milliseconds from the request's arrival. */
  ms: number
  /** Of the body; undefined for a stream. */
  bytes: number | undefined
  /** id@version. */
  model: string | undefined
  cache: 'memory' | 'shared' | undefined
  /** The traceparent header. */
  trace: string | undefined
}

/** Writes one JSON line a request. */
export type AccessLog = (entry: AccessEntry) => void

/** An access log. Lines are collected and written together in the next turn of the event loop. */
export function accessLog(write: (text: string) => void): AccessLog {
  let lines = ''
  const flush = () => {
    write(lines)
    lines = ''
  }
  return ({ id, head, route, status, ms, bytes, model, cache, trace }) => {
    if (lines === '') setImmediate(flush)
    const line = JSON.stringify({
      time: new Date().toISOString(),
      method: head.method,
      route,
      target: head.target.slice(0, 500),
      status,
      ms: Math.round(ms * 100) / 100,
      bytes,
      model,
      cache,
      client: head.client.address(),
      id,
      trace,
    })
    lines += `${line}\n`
  }
}

import { COMMON_HEADERS } from './headers.ts'
import type { Reply } from './reply.ts'

/** The id of the last event of a stream. */
const END = 'end'
/** Milliseconds that a client waits before it reconnects. */
const RETRY = 1000

/**
 * The reply to an EventSource that reconnects after the end of a stream: 204, which stops it (HTML standard, 9.2.2).
 * Otherwise undefined.
 */
export function endedStream(lastEventId: string | undefined): Reply | undefined {
  return lastEventId === END ? { status: 204, headers: { ...COMMON_HEADERS }, body: null } : undefined
}

/** The index of the first frame that a client has not received. */
export function nextFrame(lastEventId: string | undefined): number {
  return lastEventId !== undefined && /^\d{1,6}$/.test(lastEventId) ? Number(lastEventId) + 1 : 0
}

/**
 * Server-sent events, one JSON object each: `start` with `about`, a `frame` for each object of `frames`, then `end`. A
 * frame is made when the client is ready for it, and none after the client has closed the connection. The id of a frame
 * is its index, so that a client which reconnects continues after the last frame it received.
 *
 * @param first the index of the first frame
 * @param log told why a frame could not be made; the client is told only that the stream could not be finished
 */
export function streamEvents(
  frames: AsyncGenerator<Record<string, unknown>>,
  first: number,
  about: Record<string, unknown>,
  headers: Record<string, string>,
  log: (message: string) => void,
): Reply {
  const text = new TextEncoder()
  const event = (name: string, data: unknown, id?: number | string) =>
    text.encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n${id === undefined ? '' : `id: ${id}\n`}\n`)
  let index = first
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(text.encode(`retry: ${RETRY}\n`))
      controller.enqueue(event('start', about))
    },
    async pull(controller) {
      try {
        const { value, done } = await frames.next()
        controller.enqueue(done ? event('end', {}, END) : event('frame', value, index++))
        if (done) controller.close()
      } catch (error) {
        log(`event stream: ${(error as Error).stack ?? error}`)
        controller.enqueue(event('error', { code: 'internal', detail: 'The stream could not be finished.' }))
        controller.close()
      }
    },
    async cancel() {
      await frames.return(undefined)
    },
  })
  return {
    status: 200,
    headers: {
      ...COMMON_HEADERS,
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      ...headers,
    },
    body,
  }
}

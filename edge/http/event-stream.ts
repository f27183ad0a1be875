import { COMMON_HEADERS } from './headers.ts'
import type { Reply } from './reply.ts'

/**
 * Server-sent events, one JSON object each: `start` with `about`, a `frame` for each object of `frames`, then `end`. A
 * frame is made when the client is ready for it, and none after the client has closed the connection.
 */
export function streamEvents(
  frames: AsyncGenerator<Record<string, unknown>>,
  about: Record<string, unknown>,
  headers: Record<string, string>,
): Reply {
  const text = new TextEncoder()
  const event = (name: string, data: unknown) =>
    text.encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(event('start', about))
    },
    async pull(controller) {
      try {
        const { value, done } = await frames.next()
        controller.enqueue(done ? event('end', {}) : event('frame', value))
        if (done) controller.close()
      } catch {
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

/**
 * The data of the `frame` events of a server-sent event stream (HTML, 9.2), parsed as JSON, as they arrive.
 *
 * @throws Error for an event named "error", with its data
 */
export async function* readEvents<T>(body: ReadableStream<Uint8Array>): AsyncGenerator<T> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return
      text += decoder.decode(value, { stream: true })
      const events = text.split('\n\n')
      text = events.pop() as string
      for (const event of events) {
        const lines = event.split('\n')
        const field = (name: string) =>
          lines.filter(line => line.startsWith(`${name}: `)).map(line => line.slice(name.length + 2))
        const data = field('data').join('\n')
        if (data === '') continue
        const [type] = field('event')
        if (type === 'error') throw new Error(JSON.parse(data).detail ?? data)
        if (type === 'frame') yield JSON.parse(data) as T
      }
    }
  } finally {
    // Stops the server when the caller leaves the loop early.
    await reader.cancel().catch(() => {})
  }
}

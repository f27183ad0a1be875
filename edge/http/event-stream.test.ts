import { expect, test } from 'vitest'
import { streamEvents } from './event-stream.ts'

test('a stream whose frames cannot be made ends with an error for the client, and its reason in the log', async () => {
  async function* frames() {
    yield { t: 0 }
    throw new Error('the session is gone')
  }
  const log: string[] = []
  const { body } = streamEvents(frames(), 0, { model: 'm' }, {}, message => log.push(message))
  const text = await new Response(body as ReadableStream).text()
  expect(text).toMatch(/event: frame\ndata: \{"t":0\}\nid: 0\n\nevent: error\n.*could not be finished/s)
  expect(text).not.toContain('gone')
  expect(log).toEqual([expect.stringMatching(/^event stream: Error: the session is gone\n/)])
})

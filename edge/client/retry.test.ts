import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { retryAfter, sendWithRetries } from './retry.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const busy = (headers: Record<string, string> = {}) => new Response(null, { status: 503, headers })

/** A `send` that gives these replies in turn, and the times at which it was called. */
function replies(...all: (Response | Error)[]) {
  const times: number[] = []
  const start = Date.now()
  const send = async () => {
    const reply = all[Math.min(times.length, all.length - 1)]
    times.push(Date.now() - start)
    if (reply instanceof Error) throw reply
    return reply
  }
  return { send, times }
}

describe('sendWithRetries', () => {
  test('sendWithRetries repeats a request after a network error and after 503, with waits that double', async () => {
    const { send, times } = replies(new TypeError('fetch failed'), busy(), new Response('done'))
    const response = sendWithRetries(send, {}, undefined)
    await vi.runAllTimersAsync()
    expect(await (await response).text()).toBe('done')
    expect(times).toHaveLength(3)
    expect(times[1]).toBeGreaterThanOrEqual(375)
    expect(times[1]).toBeLessThanOrEqual(625)
    expect(times[2] - times[1]).toBeGreaterThanOrEqual(750)
    expect(times[2] - times[1]).toBeLessThanOrEqual(1250)
  })

  test('sendWithRetries waits for as long as Retry-After says', async () => {
    const { send, times } = replies(busy({ 'retry-after': '7' }), new Response('done'))
    const response = sendWithRetries(send, {}, undefined)
    await vi.runAllTimersAsync()
    expect((await response).ok).toBe(true)
    expect(times).toEqual([0, 7000])
  })

  test('sendWithRetries returns the reply at once if Retry-After exceeds the longest wait', async () => {
    const { send, times } = replies(busy({ 'retry-after': '120' }))
    expect((await sendWithRetries(send, {}, undefined)).status).toBe(503)
    expect(times).toEqual([0])
  })

  test('sendWithRetries returns the last reply, or throws the last error, after all retries', async () => {
    const failing = replies(busy())
    const reply = sendWithRetries(failing.send, { retries: 2 }, undefined)
    await vi.runAllTimersAsync()
    expect((await reply).status).toBe(503)
    expect(failing.times).toHaveLength(3)
    const offline = replies(new TypeError('fetch failed'))
    const error = sendWithRetries(offline.send, { retries: 1 }, undefined).catch(String)
    await vi.runAllTimersAsync()
    expect(await error).toBe('TypeError: fetch failed')
  })

  test.each([400, 404, 413, 500])(
    'sendWithRetries does not repeat a request with status %i',
    async status => {
      const { send, times } = replies(new Response(null, { status }))
      expect((await sendWithRetries(send, {}, undefined)).status).toBe(status)
      expect(times).toHaveLength(1)
    },
  )

  test('sendWithRetries stops waiting when it is aborted', async () => {
    const { send, times } = replies(busy())
    const abort = new AbortController()
    const reason = sendWithRetries(send, {}, abort.signal).catch(error => error)
    await vi.advanceTimersByTimeAsync(100)
    abort.abort(new Error('enough'))
    expect(await reason).toEqual(new Error('enough'))
    await vi.runAllTimersAsync()
    expect(times).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })
})

test.each([
  [null, 0],
  ['3', 3000],
  ['Thu, 26 Nov 2026 12:00:10 GMT', 10_000],
  ['Thu, 26 Nov 2026 11:00:00 GMT', 0],
  ['soon', 0],
])('retryAfter(%j) is %i ms', (header, expected) => {
  expect(retryAfter(header, Date.UTC(2026, 10, 26, 12))).toBe(expected)
})

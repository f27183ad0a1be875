import { expect, test } from 'vitest'
import { openQueue } from './queue.ts'

test.each([
  ['postgres://me@127.0.0.1:1/x', 'postgres://me@127.0.0.1:1/x'],
  ['postgres://me:secret@127.0.0.1:1/x', 'postgres://me:…@127.0.0.1:1/x'],
  ['postgres://me:se:cret@127.0.0.1:1/x', 'postgres://me:…@127.0.0.1:1/x'],
  ['postgres://me:se@cret@127.0.0.1:1/x', 'postgres://me:…@127.0.0.1:1/x'],
  ['postgres://me@127.0.0.1:1/x?password=secret&a=b', 'postgres://me@127.0.0.1:1/x?password=…&a=b'],
  ['postgres://127.0.0.1:1/x?user=me&password=se@cret', 'postgres://127.0.0.1:1/x?user=me&password=…'],
])('the error for a database that does not answer hides the password of %s', async (url, shown) => {
  await expect(openQueue(url, () => {})).rejects.toThrow(`--queue: ${shown} does not answer: `)
})

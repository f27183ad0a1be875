import { lookup } from 'node:dns/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { resolveTarget } from './target.ts'

// The name server is the only part that is replaced, and only in tests that say so.
vi.mock('node:dns/promises', async original => {
  const real = await original<typeof import('node:dns/promises')>()
  return { ...real, lookup: vi.fn(real.lookup) }
})
afterEach(() => {
  vi.mocked(lookup).mockClear()
})

test.each([
  ['http://127.0.0.1:8787', '127.0.0.1'],
  ['http://127.9.8.7', '127.9.8.7'],
  ['http://2130706433', '127.0.0.1'],
  ['http://0x7f.1', '127.0.0.1'],
  ['https://[::1]:8443/base', '::1'],
  ['http://[::ffff:127.0.0.1]', '::ffff:7f00:1'],
])('resolveTarget accepts %s, which is this machine', async (url, address) => {
  expect(await resolveTarget(url)).toMatchObject({ address })
})

test('resolveTarget accepts localhost', async () => {
  expect((await resolveTarget('http://localhost:80')).address).toMatch(/^(127\.0\.0\.1|::1)$/)
})

test.each([
  'http://10.0.0.1',
  'http://192.168.1.10:8787',
  'http://128.0.0.1',
  'http://0.0.0.0',
  'http://[::]',
  'http://[fe80::1]',
  'http://[::ffff:8.8.8.8]',
  'https://8.8.8.8',
])('resolveTarget refuses %s without the flag that allows another host', async url => {
  await expect(resolveTarget(url)).rejects.toThrow('expected this machine (127.0.0.0/8, ::1), got ')
})

test('resolveTarget checks every address of a name, and returns the one it checked', async () => {
  vi.mocked(lookup).mockResolvedValueOnce([
    { address: '127.0.0.1', family: 4 },
    { address: '93.184.216.34', family: 4 },
  ] as never)
  await expect(resolveTarget('http://both.example')).rejects.toThrow(
    'got both.example, which is 93.184.216.34. Nothing was sent.',
  )
  vi.mocked(lookup).mockResolvedValueOnce([{ address: '127.0.0.1', family: 4 }] as never)
  expect(await resolveTarget('http://local.example')).toMatchObject({ address: '127.0.0.1', family: 4 })
  expect(vi.mocked(lookup)).toHaveBeenCalledTimes(2)
})

test('resolveTarget accepts another host only if the flag names it', async () => {
  await expect(resolveTarget('http://10.0.0.1', '10.0.0.2')).rejects.toThrow('You named 10.0.0.2.')
  expect(await resolveTarget('http://10.0.0.1:99', '10.0.0.1')).toMatchObject({ address: '10.0.0.1' })
})

test.each(['', '127.0.0.1:8787', 'ftp://127.0.0.1', 'http://me:secret@127.0.0.1', 'http://127.0.0.1/?a=1'])(
  'resolveTarget refuses %j, which is not a base URL',
  async url => {
    await expect(resolveTarget(url)).rejects.toThrow('--target: expected an address such as')
  },
)

test('resolveTarget reports a name that cannot be looked up', async () => {
  await expect(resolveTarget('http://nowhere.invalid')).rejects.toThrow('nowhere.invalid cannot be looked up')
})

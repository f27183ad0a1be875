import { expect, test } from 'vitest'
import { clientNetwork, forwardedOrigin, lastForwardedFor, parseOrigin } from './client-network.ts'

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['192.0.2.7:51234', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['[2001:db8:1:2::9]:443', '2001:db8:1:2::/64'],
  ['[2001:db8:1:2::9]', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['unknown', 'unknown'],
  ['', 'unknown'],
])('the network of %j is %s', (address, expected) => {
  expect(clientNetwork(address)).toBe(expected)
})

test('the client address is the last entry of X-Forwarded-For', () => {
  expect(lastForwardedFor('spoofed, 10.0.0.1')).toBe('10.0.0.1')
  expect(lastForwardedFor('10.0.0.1')).toBe('10.0.0.1')
  expect(lastForwardedFor('')).toBeUndefined()
  expect(lastForwardedFor(undefined)).toBeUndefined()
})

test.each([
  [{ forwardedProto: 'https', host: 'example.org' }, 'https://example.org'],
  [{ forwardedProto: 'https', forwardedHost: 'a.org, b.org', host: 'inner:8787' }, 'https://b.org'],
  [{ forwarded: 'for=1.2.3.4;proto=https;host="c.org:8443"', host: 'inner' }, 'https://c.org:8443'],
  [{ forwarded: 'proto=http, proto=https', host: 'example.org' }, 'https://example.org'],
  [{ host: 'example.org:8787' }, 'http://example.org:8787'],
  [{ forwardedProto: 'javascript', host: 'example.org' }, undefined],
  [{ forwardedProto: 'https', host: 'a b' }, undefined],
  [{ forwardedProto: 'https', host: 'a/evil' }, undefined],
])('the origin behind %o is %s', (headers, expected) => {
  expect(forwardedOrigin(headers)).toBe(expected)
})

test.each([
  ['https://example.org', 'https://example.org'],
  ['https://example.org/', 'https://example.org'],
  ['https://example.org/path', undefined],
  ['https://user@example.org', undefined],
  ['ftp://example.org', undefined],
  ['example.org', undefined],
])('parseOrigin reads %j as %s', (text, expected) => {
  expect(parseOrigin(text)).toBe(expected)
})

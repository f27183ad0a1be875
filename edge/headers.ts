/** Headers of every answer: any page may read and embed it, and nothing in it is to be run. */
export const COMMON_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'content-location, etag, ratelimit, ratelimit-policy, retry-after, server-timing, x-model, x-seed, x-shape',
  'content-security-policy': "default-src 'none'; frame-ancestors *",
  'cross-origin-resource-policy': 'cross-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'timing-allow-origin': '*',
  'x-content-type-options': 'nosniff',
} as const

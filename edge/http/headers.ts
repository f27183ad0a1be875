/** Headers of every answer: any page may read and embed it, and browsers must not guess its type. */
export const COMMON_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
} as const

/** Headers of pages; each page adds its own content security policy. */
export const PAGE_HEADERS = {
  ...COMMON_HEADERS,
  'referrer-policy': 'no-referrer',
} as const

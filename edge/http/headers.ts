/** Headers of every answer: any page may read and embed it, and its type is what it says. */
export const COMMON_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
} as const

/** Headers of answers that browsers show as pages; their content security policy is each page's own. */
export const PAGE_HEADERS = {
  ...COMMON_HEADERS,
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
} as const

import { wrongValue } from './problem.ts'

/** Formats of answers: the name in `format=` and the media type in `Accept`. */
export const FORMATS = {
  png: 'image/png',
  apng: 'image/apng',
  json: 'application/json',
  npy: 'application/x-npy',
  f32: 'application/octet-stream',
  sse: 'text/event-stream',
  safetensors: 'application/vnd.safetensors',
} as const

/** The name of a format. */
export type Format = keyof typeof FORMATS

/**
 * Chooses a format: that of `format=`, else the one that `Accept` prefers by its q-values, else the first one offered.
 * hono/accepts is not used, because it does not let a more specific media range override a wider one.
 *
 * @param offered the operation's formats, the default first
 * @throws Problem not-acceptable
 */
export function chooseFormat(offered: readonly Format[], format: Format | undefined, accept: string): Format {
  if (format !== undefined) return format
  if (accept === '' || accept === '*/*') return offered[0]
  const ranges = parseAccept(accept)
  let best: Format | undefined
  let bestQuality = 0
  for (const candidate of offered) {
    const quality = qualityOf(FORMATS[candidate], ranges)
    if (quality > bestQuality) {
      best = candidate
      bestQuality = quality
    }
  }
  if (best) return best
  const expected = offered.map(each => FORMATS[each]).join(', ')
  throw wrongValue('header', 'accept', expected, accept, 'not-acceptable')
}

interface Range {
  type: string
  quality: number
}

function parseAccept(accept: string): Range[] {
  return accept
    .slice(0, 1000)
    .split(',')
    .map(part => {
      const [type, ...parameters] = part.split(';').map(piece => piece.trim().toLowerCase())
      const q = parameters.find(parameter => parameter.startsWith('q='))
      const quality = q ? Number(q.slice(2)) : 1
      return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 }
    })
}

/** The quality of the most specific range that covers a media type (RFC 9110, 12.5.1). */
function qualityOf(mediaType: string, ranges: readonly Range[]): number {
  const [main] = mediaType.split('/')
  for (const type of [mediaType, `${main}/*`, '*/*']) {
    const range = ranges.find(each => each.type === type)
    if (range) return range.quality
  }
  return 0
}

import { createHash, createHmac } from 'node:crypto'

/** An access key of R2 or S3. */
export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
}

const SERVICE = 's3'

/**
 * Headers that sign a request by AWS Signature Version 4, as R2's S3 API wants it: every header given, host, date and
 * the body's SHA-256 are signed.
 *
 * @param request its URL's path with each part as `encode` makes it
 * @param now for tests
 * @param region R2's is `auto`
 */
export function signRequest(
  request: { method: string; url: URL; headers: Record<string, string>; body?: Uint8Array },
  { accessKeyId, secretAccessKey }: Credentials,
  now = new Date(),
  region = 'auto',
): Record<string, string> {
  const { method, url, body } = request
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, '')
  const payload = sha256(body ?? '')
  const headers = { ...request.headers, 'x-amz-content-sha256': payload, 'x-amz-date': time }
  const lines = Object.entries({ ...headers, host: url.host })
    .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/ +/g, ' ')])
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const signed = lines.map(([name]) => name).join(';')
  const query = [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&')
  const canonical = [
    method,
    url.pathname,
    query,
    ...lines.map(([name, value]) => `${name}:${value}`),
    '',
    signed,
    payload,
  ]
  const scope = `${time.slice(0, 8)}/${region}/${SERVICE}/aws4_request`
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical.join('\n'))].join('\n')
  const key = scope
    .split('/')
    .reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`)
  const signature = hmac(key, text).toString('hex')
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`
  return { ...headers, authorization }
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

/** Percent-encoding of all but RFC 3986's unreserved characters, as signed paths and queries have it. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

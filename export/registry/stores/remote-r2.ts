import { type Credentials, encode, signRequest } from './aws-signature.ts'
import type { Bucket, BucketEntry } from './bucket.ts'

/** The address and the access key of R2's S3 API. */
export interface Account extends Credentials {
  /** `https://<account>.r2.cloudflarestorage.com` */
  endpoint: string
  bucket: string
  /** Milliseconds before the second attempt at a request, doubled for each further one; 250 by default. */
  pause?: number
}

/** Attempts at a request without a reply, or whose reply is 429 or 5xx. */
const TRIES = 4
/** Milliseconds for one request. */
const TIMEOUT = 60_000

/** The account that the environment names. @throws Error naming the variables that are missing */
export function readAccount(env: NodeJS.ProcessEnv): Account {
  const account = env.R2_ACCOUNT_ID ?? env.CLOUDFLARE_ACCOUNT_ID
  const endpoint = env.R2_ENDPOINT ?? (account && `https://${account}.r2.cloudflarestorage.com`)
  const { R2_ACCESS_KEY_ID: accessKeyId, R2_SECRET_ACCESS_KEY: secretAccessKey } = env
  if (endpoint && accessKeyId && secretAccessKey) {
    return { endpoint, accessKeyId, secretAccessKey, bucket: env.R2_BUCKET ?? 'latent-edge-models' }
  }
  const missing = [
    ...(endpoint ? [] : ['R2_ACCOUNT_ID (or R2_ENDPOINT)']),
    ...(accessKeyId ? [] : ['R2_ACCESS_KEY_ID']),
    ...(secretAccessKey ? [] : ['R2_SECRET_ACCESS_KEY']),
  ]
  throw new Error(
    `remote: expected ${missing.join(', ')} in the environment, found none. ` +
      'An R2 API token with object read and write (dashboard: R2, Manage API tokens) has all three.',
  )
}

/** An R2 bucket on Cloudflare, by its S3 API: `wrangler r2 object` cannot write on a condition. */
export function openRemote(account: Account): Bucket {
  const send = (method: string, key: string, options: RequestOptions = {}) =>
    request(account, method, key, options)
  return {
    name: 'remote',
    async get(key) {
      const response = await send('GET', key, { expected: [200, 404] })
      const bytes = new Uint8Array(await response.arrayBuffer())
      return response.status === 200 ? { bytes, etag: etagOf(response, key) } : undefined
    },
    async put(key, bytes, condition) {
      const headers: Record<string, string> = {}
      if (condition === 'absent') headers['if-none-match'] = '*'
      else if (condition) headers['if-match'] = `"${condition.etag}"`
      const expected = condition ? [200, 409, 412] : [200]
      const response = await send('PUT', key, { headers, body: bytes, expected })
      await response.arrayBuffer()
      return response.status === 200
    },
    async list(prefix) {
      const found: BucketEntry[] = []
      let token: string | undefined
      do {
        const query = { 'list-type': '2', prefix, ...(token && { 'continuation-token': token }) }
        const xml = await (await send('GET', '', { query })).text()
        found.push(...readListing(xml))
        token = /<NextContinuationToken>([^<]+)</.exec(xml)?.[1]
      } while (token)
      return found
    },
    async remove(key) {
      await (await send('DELETE', key, { expected: [200, 204, 404] })).arrayBuffer()
    },
    close: async () => {},
  }
}

interface RequestOptions {
  query?: Record<string, string>
  headers?: Record<string, string>
  body?: Uint8Array
  expected?: readonly number[]
}

async function request(
  account: Account,
  method: string,
  key: string,
  options: RequestOptions,
): Promise<Response> {
  const { query = {}, headers = {}, body, expected = [200] } = options
  const path = [account.bucket, ...(key === '' ? [] : key.split('/'))].map(encode).join('/')
  const url = new URL(`${account.endpoint}/${path}`)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url, {
      method,
      headers: signRequest({ method, url, headers, body }, account),
      body: body as Uint8Array<ArrayBuffer> | undefined,
      signal: AbortSignal.timeout(TIMEOUT),
    }).catch(error => error as Error)
    if (!(response instanceof Error) && expected.includes(response.status)) return response
    const passing = response instanceof Error || response.status >= 500 || response.status === 429
    if (!passing || attempt === TRIES) throw await failure(response, `${method} ${url.pathname}`)
    if (!(response instanceof Error)) await response.body?.cancel()
    await new Promise(resolve => setTimeout(resolve, (account.pause ?? 250) * 2 ** (attempt - 1)))
  }
}

async function failure(response: Response | Error, what: string): Promise<Error> {
  if (response instanceof Error) {
    const cause = response.cause instanceof Error ? response.cause.message : response.message
    return new Error(`remote: ${what}: no answer (${cause})`)
  }
  const text = await response.text()
  const [, message] = /<Message>([^<]+)</.exec(text) ?? []
  const hints: Record<number, string> = {
    401: ' Is R2_ACCESS_KEY_ID the token’s?',
    403: ' Is R2_SECRET_ACCESS_KEY right, and may the token write this bucket?',
    404: ' Does the bucket exist? `npx wrangler r2 bucket create` makes one.',
  }
  return new Error(
    `remote: ${what}: status ${response.status}${message ? `, ${message}` : ''}${hints[response.status] ?? ''}`,
  )
}

function etagOf(response: Response, key: string): string {
  const etag = response.headers.get('etag')
  if (!etag) throw new Error(`remote: GET ${key}: expected an etag, got none`)
  return etag.replace(/^W\//, '').replaceAll('"', '')
}

function readListing(xml: string): BucketEntry[] {
  const [, ...items] = xml.split('<Contents>')
  return items.map(item => {
    const field = (name: string) => item.split(`<${name}>`, 2)[1]?.split('<', 1)[0] ?? ''
    const key = field('Key').replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name])
    return { key, size: Number(field('Size')), uploaded: new Date(field('LastModified')) }
  })
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

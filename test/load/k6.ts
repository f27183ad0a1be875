import { writeFile } from 'node:fs/promises'
import type { RequestKind, RequestMix } from './client/request-kind.ts'
import { parseThresholds } from './result/thresholds.ts'
import { PROFILES, type Profile, scaleProfile } from './schedule/profiles.ts'

/** Options of the k6 script. */
export interface K6Options {
  profile: keyof typeof PROFILES
  scale: number
  seconds?: number
  timeout: number
  maxInFlight: number
  threshold?: string
}

/** Writes the k6 script to a file, or to standard output for `-`. */
export async function writeK6(file: string, mix: RequestMix, options: K6Options): Promise<void> {
  const script = formatK6(mix, options)
  if (file === '-') process.stdout.write(script)
  else await writeFile(file, script)
}

/**
 * The profiles and the mix as a script for k6 (grafana.com/docs/k6): one constant-arrival-rate scenario for each stage.
 * k6 counts a request's duration from when it was sent; arrivals that it could not start are in dropped_iterations.
 */
export function formatK6(mix: RequestMix, options: K6Options): string {
  const profiles = Object.fromEntries(
    Object.entries<Profile>(PROFILES).map(([name, profile]) => [
      name,
      scenarios(scaleProfile(profile, options.scale, options.seconds), options.maxInFlight),
    ]),
  )
  const constants = {
    PROFILES: profiles,
    THRESHOLDS: k6Thresholds(options.threshold),
    TIMEOUT: `${options.timeout}ms`,
    KINDS: mix.kinds.map(encodeKind),
    VALUES: mix.values,
  }
  return [
    HEAD(options.profile),
    ...Object.entries(constants).map(([name, value]) => `const ${name} = ${literal(value)}\n`),
    BODY(options.profile),
  ].join('\n')
}

/**
 * Thresholds in k6's form. One on a tag makes k6 report that part by itself: everything but the warm-up.
 *
 * @throws RangeError for one that k6 has no metric for
 */
function k6Thresholds(text: string | undefined): Record<string, string[]> {
  const duration = ['max>=0']
  const unexpected = ['rate<=1']
  for (const { text: given, figure, kind, operator, value } of text ? parseThresholds(text) : []) {
    if (kind !== undefined || figure === 'throughput' || figure === 'lag') {
      throw new RangeError(
        `--k6: expected thresholds on quantiles, mean and errors of all requests, got ${given}`,
      )
    }
    if (figure === 'errors') unexpected.unshift(`rate${operator}${value / 100}`)
    else duration.unshift(`${k6Figure(figure)}${operator}${value}`)
  }
  return { 'http_req_duration{counted:yes}': duration, 'unexpected{counted:yes}': unexpected }
}

function k6Figure(figure: string): string {
  if (figure === 'max') return 'max'
  return figure === 'mean' ? 'avg' : `p(${figure.slice(1)})`
}

/** A kind of request for the script: bytes of a body in base64. */
function encodeKind({ body, ...kind }: RequestKind): Record<string, unknown> {
  if (body === undefined) return kind
  return typeof body === 'string' ? { ...kind, text: body } : { ...kind, base64: body.toString('base64') }
}

function scenarios(profile: Profile, maxInFlight: number): Record<string, unknown> {
  const stages = [
    { name: 'warmup', seconds: profile.warmup, rate: profile.stages[0].rate, counted: 'no' },
    ...profile.stages.map((stage, i) => ({ name: `stage${i + 1}`, ...stage, counted: 'yes' })),
  ]
  let start = 0
  return Object.fromEntries(
    stages.map(({ name, seconds, rate, counted }) => {
      const scenario = {
        executor: 'constant-arrival-rate',
        startTime: `${start}s`,
        duration: `${seconds}s`,
        // k6 takes whole numbers of iterations, so they are given per 100 seconds.
        rate: Math.max(1, Math.round(rate * 100)),
        timeUnit: '100s',
        preAllocatedVUs: Math.min(maxInFlight, Math.max(5, Math.ceil(rate))),
        maxVUs: maxInFlight,
        gracefulStop: '10s',
        tags: { counted },
      }
      start += seconds
      return [name, scenario]
    }),
  )
}

/** JSON as a JavaScript literal of ASCII alone. */
function literal(value: unknown): string {
  const ascii = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(value, null, 2).replace(/[^\x20-\x7e\n]/g, ascii)
}

const HEAD = (profile: string) => `// Made by: npm run load -- --k6 <file>. Change the tables there, not here.
//   k6 run -e TARGET=http://127.0.0.1:8787 -e PROFILE=${profile} <file>
// It refuses a target that is not this machine's own unless -e I_AM_ALLOWED_TO_LOAD=<host> names it. k6 has no hook
// between looking a name up and connecting, so here a host is judged by its name alone.
import encoding from 'k6/encoding'
import http from 'k6/http'
import { Rate } from 'k6/metrics'
`

const BODY = (profile: string) => `
const TARGET = (__ENV.TARGET || '').replace(/\\/$/, '')
const PROFILE = __ENV.PROFILE || '${profile}'
if (!PROFILES[PROFILE]) {
  throw new Error('PROFILE: expected one of ' + Object.keys(PROFILES).join(', ') + ', got ' + PROFILE)
}
const parts = /^https?:\\/\\/(\\[[0-9a-fA-F:]+\\]|[^/:@?#\\\\]+)(:\\d+)?(\\/[^?#]*)?$/.exec(TARGET)
if (!parts) throw new Error('TARGET: expected an address such as http://127.0.0.1:8787, got ' + TARGET)
if (!/^(localhost|127\\.\\d+\\.\\d+\\.\\d+|\\[::1\\])$/.test(parts[1]) && __ENV.I_AM_ALLOWED_TO_LOAD !== parts[1]) {
  throw new Error('TARGET: expected this machine, got ' + parts[1] + '; if you may: -e I_AM_ALLOWED_TO_LOAD=' + parts[1])
}

export const options = {
  scenarios: PROFILES[PROFILE],
  thresholds: THRESHOLDS,
  maxRedirects: 0,
  summaryTrendStats: ['p(50)', 'p(90)', 'p(99)', 'p(99.9)', 'max'],
}

const unexpected = new Rate('unexpected')
const bodies = KINDS.map((kind) => (kind.base64 ? encoding.b64decode(kind.base64) : null))
const total = KINDS.reduce((sum, kind) => sum + kind.weight, 0)

function choose() {
  let left = Math.random() * total
  const found = KINDS.findIndex((kind) => (left -= kind.weight) < 0)
  return found < 0 ? KINDS.length - 1 : found
}

function draw(value) {
  if (value.choice) return encodeURIComponent(value.choice[Math.floor(Math.random() * value.choice.length)])
  const [low, high] = value.integer || value.number
  if (value.integer) return String(low + Math.floor(Math.random() * (high - low + 1)))
  return (low + Math.random() * (high - low)).toFixed(value.decimals === undefined ? 3 : value.decimals)
}

function fill(template) {
  return template.replace(/\\{([A-Za-z_]\\w*)\\}/g, (text, name) => (VALUES[name] ? draw(VALUES[name]) : text))
}

function latin1(bytes, from, to) {
  return String.fromCharCode.apply(null, bytes.subarray(Math.max(0, from), to))
}

function expected(response, expect) {
  const type = (response.headers['Content-Type'] || '').split(';')[0].trim().toLowerCase()
  if (response.status !== expect.status || (expect.type && type !== expect.type) || !response.body) return false
  const bytes = new Uint8Array(response.body)
  const { begins = '', ends = '', has = '', bytes: length = bytes.length, least = 0 } = expect.body
  return (
    bytes.length === length &&
    bytes.length >= least &&
    latin1(bytes, 0, begins.length) === begins &&
    latin1(bytes, bytes.length - ends.length, bytes.length) === ends &&
    latin1(bytes, 0, 65536).includes(has)
  )
}

export default function () {
  const index = choose()
  const kind = KINDS[index]
  const body = bodies[index] || (kind.text === undefined ? null : fill(kind.text))
  const headers = {}
  for (const name of Object.keys(kind.headers || {})) headers[name] = fill(kind.headers[name])
  const response = http.request(kind.method, TARGET + fill(kind.path), body, {
    headers,
    responseType: 'binary',
    timeout: TIMEOUT,
    redirects: 0,
    tags: { name: kind.name },
  })
  unexpected.add(!expected(response, kind.expect), { name: kind.name })
}
`

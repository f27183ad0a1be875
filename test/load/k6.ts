import { writeFile } from 'node:fs/promises'
import { type Entry, readDigit } from './mix.ts'
import { PROFILES, type Profile, scaleProfile } from './profiles.ts'

export interface K6Options {
  profile: keyof typeof PROFILES
  scale: number
  seconds?: number
  model: string
  timeout: number
  maxInFlight: number
  maxP99?: number
  maxErrorRate?: number
}

/** Writes the k6 script to a file, or to standard output for `-`. */
export async function writeK6(file: string, mix: readonly Entry[], options: K6Options): Promise<void> {
  const script = formatK6(mix, options)
  if (file === '-') process.stdout.write(script)
  else await writeFile(file, script)
}

/**
 * The profiles and the mix as a script for k6 (grafana.com/docs/k6): one constant-arrival-rate scenario a stage. k6
 * counts a request's duration from when it was sent; arrivals it could not start are in dropped_iterations.
 */
export function formatK6(mix: readonly Entry[], options: K6Options): string {
  const profiles = Object.fromEntries(
    Object.entries<Profile>(PROFILES).map(([name, profile]) => [
      name,
      scenarios(scaleProfile(profile, options.scale, options.seconds), options.maxInFlight),
    ]),
  )
  const p99 = options.maxP99 === undefined ? [] : [`p(99)<=${options.maxP99}`]
  const failed = options.maxErrorRate === undefined ? [] : [`rate<=${options.maxErrorRate / 100}`]
  const constants = {
    PROFILES: profiles,
    THRESHOLDS: {
      // A threshold on a tag makes k6 show that part by itself: all but the warm-up.
      'http_req_duration{counted:yes}': [...p99, 'max>=0'],
      'unexpected{counted:yes}': [...failed, 'rate<=1'],
    },
    MODEL: options.model,
    TIMEOUT: `${options.timeout}ms`,
    DIGIT: readDigit().toString('base64'),
    MIX: mix,
  }
  return [
    HEAD(options.profile),
    ...Object.entries(constants).map(([name, value]) => `const ${name} = ${literal(value)}\n`),
    BODY(options.profile),
  ].join('\n')
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
const digit = encoding.b64decode(DIGIT)
const total = MIX.reduce((sum, entry) => sum + entry.weight, 0)

function choose() {
  let left = Math.random() * total
  return MIX.find((entry) => (left -= entry.weight) < 0) || MIX[MIX.length - 1]
}

function fill(path) {
  return path
    .replace(/\\{model\\}/g, MODEL)
    .replace(/\\{seed\\}/g, () => Math.floor(Math.random() * 1e6))
    .replace(/\\{class\\}/g, () => Math.floor(Math.random() * 10))
    .replace(/\\{x\\}/g, () => (Math.random() * 5 - 2.5).toFixed(3))
}

function latin1(bytes, from, to) {
  return String.fromCharCode.apply(null, bytes.subarray(Math.max(0, from), to))
}

function expected(response, expect) {
  const type = (response.headers['Content-Type'] || '').split(';')[0].trim().toLowerCase()
  if (response.status !== expect.status || type !== expect.type || !response.body) return false
  const bytes = new Uint8Array(response.body)
  const { begins = '', ends = '', has = '', bytes: length = bytes.length, least = 0 } = expect.body
  return (
    bytes.length === length &&
    bytes.length >= least &&
    latin1(bytes, 0, begins.length) === begins &&
    latin1(bytes, bytes.length - ends.length, bytes.length) === ends &&
    latin1(bytes, 0, 4096).includes(has)
  )
}

export default function () {
  const entry = choose()
  const response = http.request(entry.method, TARGET + fill(entry.path), entry.posts ? digit : null, {
    headers: entry.posts ? { 'content-type': entry.posts } : {},
    responseType: 'binary',
    timeout: TIMEOUT,
    redirects: 0,
    tags: { name: entry.name },
  })
  unexpected.add(!expected(response, entry.expect), { name: entry.name })
}
`

import type { Input } from './limits-server.ts'

/** Texts of `length` characters on which a parser may spend more than linear time. */
const TEXTS: Readonly<Record<string, (length: number) => string>> = {
  digits: length => '1'.repeat(length),
  'digits and a letter': length => `${'1'.repeat(length - 1)}x`,
  'zeros and a letter': length => `0.${'0'.repeat(length - 3)}x`,
  spaces: length => ' '.repeat(length),
  'spaces and a letter': length => `${' '.repeat(length - 1)}x`,
  commas: length => ','.repeat(length),
  semicolons: length => ';'.repeat(length),
  colons: length => ':'.repeat(length),
  points: length => '0.'.repeat(length / 2),
  exponents: length => '1e'.repeat(length / 2),
  minus: length => '-'.repeat(length),
  coordinates: length => `z:${'1,'.repeat(length / 2 - 1)}`,
  'coordinates and a letter': length => `z:${'1,'.repeat(length / 2 - 2)}x`,
  seeds: length => 'seed:1;'.repeat(length / 7),
  classes: length => `class:${'@'.repeat(length - 6)}`,
  styles: length => `class:1${'@seed:1'.repeat(length / 7 - 1)}`,
  shares: length => `y:${'0.1,'.repeat(length / 4 - 3)}@seed:1`,
  quotes: length => '"'.repeat(length),
  brackets: length => '['.repeat(length),
  slashes: length => '/'.repeat(length),
  equals: length => '='.repeat(length),
  weak: length => 'W/'.repeat(length / 2),
  emoji: length => '😀'.repeat(length / 2),
}

/** JSON values of `bytes` bytes, of other types than the API expects. */
const VALUES: Readonly<Record<string, (bytes: number) => string>> = {
  'a text': bytes => `"${'1'.repeat(bytes)}"`,
  'a text of escapes': bytes => `"${'\\u0031'.repeat(bytes / 6)}"`,
  numbers: bytes => `[${'0,'.repeat(bytes / 2)}0]`,
  'wrong numbers': bytes => `[${'7,'.repeat(bytes / 2)}7]`,
  texts: bytes => `[${'"",'.repeat(bytes / 3)}""]`,
  nulls: bytes => `[${'null,'.repeat(bytes / 5)}null]`,
  lists: bytes => `[${'[],'.repeat(bytes / 3)}[]]`,
  objects: bytes => `[${'{},'.repeat(bytes / 3)}{}]`,
  'nested lists': bytes => '['.repeat(bytes / 2) + ']'.repeat(bytes / 2),
  'nested objects': bytes => `${'{"a":'.repeat(bytes / 6)}1${'}'.repeat(bytes / 6)}`,
  'many keys': bytes => `{${Array.from({ length: bytes / 12 }, (_, i) => `"k${i}":0`).join()}}`,
  'one key many times': bytes => `{${'"seed":1,'.repeat(bytes / 9)}"seed":1}`,
  'a number of digits': bytes => `[0.${'1'.repeat(bytes)}]`,
}

/** Places of JSON bodies where a value can stand; `?` is the value. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  encode: ['?', '{"images":?}', '{"images":[?]}'],
  reconstruct: ['{"images":[?]}'],
  decode: ['?', '{"z":?}', '{"z":[?]}', '{"z":[[0,0]],"y":?}', '{"z":[[0,0]],"y":[?]}'],
  interpolate: [
    '?',
    '{"stops":?}',
    '{"stops":[?,"seed:1"]}',
    '{"stops":[{"class":?},"seed:1"]}',
    '{"stops":[{"class":1,"style":?},"seed:1"]}',
    '{"stops":[{"class":1,"style":{"eps":?}},"seed:1"]}',
    '{"stops":[{"z":?},"seed:1"]}',
    '{"stops":[{"y":?,"style":{"seed":1}},"seed:1"]}',
    '{"stops":[{"image":?},"seed:1"]}',
  ],
}

/** Headers that are read. */
const HEADERS = [
  'accept',
  'if-none-match',
  'if-match',
  'if-modified-since',
  'content-type',
  'content-encoding',
  'authorization',
  'forwarded',
  'x-forwarded-proto',
  'traceparent',
  'x-request-id',
  'last-event-id',
  'access-control-request-headers',
]

interface Parameter {
  name: string
  in: string
}
type Paths = Record<string, Record<string, { parameters?: Parameter[] }>>

/**
 * Requests within the limits on length with long and nested values in each place: each query parameter of each
 * operation
 * of an OpenAPI description, each header, each field of a JSON body, and the headers of a form's parts.
 */
export function* fuzzInputs(paths: Paths, model: string): Generator<Input> {
  for (const [path, item] of Object.entries(paths)) {
    const target = path.replace('/v1/models/{model}', model)
    for (const { name, in: place } of item.get?.parameters ?? []) {
      if (place !== 'query') continue
      for (const [kind, text] of Object.entries(TEXTS)) {
        // An emoji takes twelve characters in a query.
        const value = encodeURIComponent(text(kind === 'emoji' ? 1200 : 8000)).slice(0, 8000)
        yield {
          name: `${kind} in ${path} ${name}`,
          target: `${target}?${name}=${value.replace(/%\w?$/, '')}`,
        }
      }
    }
  }
  for (const header of HEADERS) {
    for (const [kind, text] of Object.entries(TEXTS)) {
      if (kind === 'emoji') continue
      yield {
        name: `${kind} in ${header}`,
        target: `${model}/sample?seed=1`,
        headers: { [header]: text(8000) },
      }
    }
  }
  for (const [operation, places] of Object.entries(PLACES)) {
    for (const place of places) {
      for (const [kind, value] of Object.entries(VALUES)) {
        const body = place.replace('?', () => value(1_900_000))
        const headers = { 'content-type': 'application/json' }
        yield { name: `${kind} in ${operation} ${place}`, target: `${model}/${operation}`, headers, body }
      }
    }
  }
  for (const [kind, text] of Object.entries(TEXTS)) {
    const long = text(1_900_000)
    for (const head of [`form-data; name="${long}"`, `form-data; name=image; filename=${long}`, long]) {
      const body = `--b\r\nContent-Disposition: ${head}\r\n\r\nx\r\n--b--\r\n`
      const headers = { 'content-type': 'multipart/form-data; boundary=b' }
      yield { name: `${kind} in the head of a form's part`, target: `${model}/encode`, headers, body }
    }
  }
}

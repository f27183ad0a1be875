import { InvalidArgumentError, Option } from 'commander'
import { describeRange, parseInRange } from '../../models/number-range.ts'
import { parseBoolean } from '../../models/parse-text.ts'
import { parseOrigin } from '../http/client-network.ts'
import { FOLDERS } from './build.ts'

/** A commander parser of integers from 0 to `most`. */
export function wholeNumber(most = 999_999_999): (text: string) => number {
  const range = { min: 0, max: most, integer: true }
  return text => {
    const value = parseInRange(text, range)
    if (value !== undefined) return value
    throw new InvalidArgumentError(`Expected ${describeRange(range)}.`)
  }
}

/**
 * An option that is on as `--name` or `--name true`. commander by itself takes any value of an environment variable,
 * `false` included, as on.
 */
export function booleanOption(name: string, description: string, variable: string): Option {
  return new Option(`--${name} [boolean]`, description)
    .env(variable)
    .preset('true')
    .default(false)
    .argParser((text: string) => {
      const value = text === '' ? false : parseBoolean(text.toLowerCase())
      if (value !== undefined) return value
      throw new InvalidArgumentError('Expected true or false.')
    })
}

/** The options of a server behind a proxy. */
function proxyOptions(): Option[] {
  return [
    new Option('--public-url <url>', 'the scheme and host people see, such as https://example.org')
      .env('PUBLIC_URL')
      .argParser((text: string) => {
        const origin = parseOrigin(text)
        if (origin !== undefined) return origin
        throw new InvalidArgumentError('Expected a scheme and host, such as https://example.org.')
      }),
    booleanOption(
      'trust-proxy',
      'take client, scheme and host from the headers of the proxy in front: X-Forwarded-For, -Proto and -Host, or Forwarded',
      'TRUST_PROXY',
    ),
  ]
}

/** The options of both servers, on workerd and on Node. */
export function serverOptions(): Option[] {
  return [
    portOption(),
    new Option('--host <address>', 'address to listen on').env('HOST').default('127.0.0.1'),
    modelsOption(),
    new Option('--default-model <id>', 'the model that the id `default` stands for').env('DEFAULT_MODEL'),
    new Option('--rate <number>', 'requests a client may make in a minute; 0 for no limit')
      .env('RATE')
      .default(600)
      .argParser(wholeNumber()),
    new Option(
      '--keys <file>',
      'file of API keys, as `npm run keys` keeps it; without it all requests are anonymous',
    ).env('KEYS'),
    ...proxyOptions(),
  ]
}

/** The values of `serverOptions`. */
export interface ServerFlags {
  port: number
  host: string
  models: string
  defaultModel?: string
  rate: number
  keys?: string
  publicUrl?: string
  trustProxy: boolean
}

/** `--port`. */
export function portOption(most = 65_535): Option {
  return new Option('--port <number>', 'port to listen on')
    .env('PORT')
    .default(8787)
    .argParser(wholeNumber(most))
}

/** `--models`. */
export function modelsOption(): Option {
  return new Option('--models <folder>', 'folder of models').env('MODELS').default(FOLDERS.zoo)
}

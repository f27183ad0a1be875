import { InvalidArgumentError, Option } from 'commander'
import { describeRange, parseInRange } from '../../models/number-range.ts'
import { parseBoolean } from '../../models/parse-text.ts'
import { parseOrigin } from '../http/client-network.ts'

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
export function proxyOptions(): Option[] {
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

/** The option of a file of API keys. */
export function keysOption(): Option {
  return new Option(
    '--keys <file>',
    'file of API keys, as `npm run keys` keeps it; without it all requests are anonymous',
  ).env('KEYS')
}

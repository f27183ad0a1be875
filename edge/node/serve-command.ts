import { existsSync, readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import { readVerificationKey, type VerificationKey } from '../../models/registry/verification-key.ts'
import type { ApiKeyEntry } from '../http/api-keys.ts'
import { readApiKeys } from './api-key-file.ts'
import { FOLDERS } from './build.ts'
import { endWithNpm } from './end-with-npm.ts'
import { type ServerFlags, serverOptions, wholeNumber } from './flags.ts'
import { type NodeServer, startServer } from './server.ts'

const program = new Command('npm run start:node --').description(
  'Serve the API, and the page where it is built, from Node with onnxruntime-node.',
)

for (const option of serverOptions()) program.addOption(option)
program
  .addOption(
    new Option('--bucket <folder>', 'folder of versions and channels, as `npm run registry` keeps it').env(
      'BUCKET',
    ),
  )
  .addOption(
    new Option('--verify <key>', 'public key (PEM): serve only models and versions signed by it').env(
      'VERIFY_KEY',
    ),
  )
  .addOption(
    new Option('--channel-seconds <number>', 'seconds between reads of the channels')
      .env('CHANNEL_SECONDS')
      .default(20)
      .argParser(wholeNumber(30)),
  )
  .addOption(new Option('--page <folder>', 'folder of the built page').env('PAGE').default(FOLDERS.page))
  .addOption(
    new Option('--weights <MiB>', 'weights kept loaded').env('WEIGHTS').default(512).argParser(wholeNumber()),
  )
  .addOption(
    new Option('--metrics-port <number>', 'port for Prometheus metrics (default: no metrics)')
      .env('METRICS_PORT')
      .argParser(wholeNumber(65_535)),
  )
  .addOption(
    new Option('--access-log <format>', 'json: one line of JSON per request on standard output; none: no log')
      .env('ACCESS_LOG')
      .choices(['json', 'none'])
      .default('json'),
  )
  .addOption(
    new Option(
      '--drain-seconds <number>',
      'after SIGTERM: seconds during which requests are still answered while /readyz is 503',
    )
      .env('DRAIN_SECONDS')
      .default(5)
      .argParser(wholeNumber(3600)),
  )

interface Flags extends ServerFlags {
  bucket?: string
  verify?: string
  channelSeconds: number
  page: string
  weights: number
  metricsPort?: number
  accessLog: 'json' | 'none'
  drainSeconds: number
}

/** The key that --verify names; ends the program with a message where there is none. */
async function readKey(file: string): Promise<VerificationKey> {
  try {
    return await readVerificationKey(readFileSync(file, 'utf8'))
  } catch (error) {
    return program.error(`error: --verify ${file}: ${(error as Error).message}`)
  }
}

/** The file that --keys names; ends the program with a message where it cannot be read. */
function readKeysFile(file: string): Promise<ApiKeyEntry[]> {
  return readApiKeys(file).catch((error: Error) => program.error(`error: --keys ${error.message}`))
}

async function main(): Promise<void> {
  endWithNpm('start:node')
  const flags = program.parse().opts<Flags>()
  if (!existsSync(flags.models)) program.error(`error: no folder ${flags.models} to take models from`)
  const server = await startServer({
    ...flags,
    keys: flags.keys === undefined ? undefined : await readKeysFile(flags.keys),
    key: flags.verify === undefined ? undefined : await readKey(flags.verify),
    page: existsSync(flags.page) ? flags.page : undefined,
    sessionBytes: flags.weights * 2 ** 20,
    writeAccessLog: flags.accessLog === 'json' ? text => process.stdout.write(text) : undefined,
    log: message => console.error(JSON.stringify({ time: new Date().toISOString(), message })),
  }).catch((error: NodeJS.ErrnoException & { port?: number }) => {
    if (error.code !== 'EADDRINUSE') program.error(`error: ${error.message}`)
    const options = error.port === flags.metricsPort ? '--metrics-port or METRICS_PORT' : '--port or PORT'
    return program.error(`error: port ${error.port} is taken by another program; choose one with ${options}`)
  })
  const places = flags.bucket === undefined ? flags.models : `${flags.models} and the bucket ${flags.bucket}`
  console.log(`Serving ${places} at ${server.url} (documentation at ${server.url}/docs)`)
  if (server.metricsUrl) console.log(`Metrics at ${server.metricsUrl}`)
  // A reader of the log that ends must not end the server.
  process.stdout.on('error', () => {})
  stopOnSignals(server, flags.drainSeconds)
}

/** SIGTERM drains; Ctrl-C does not wait for load balancers. A second signal ends the process at once. */
function stopOnSignals(server: NodeServer, drainSeconds: number): void {
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, async () => {
      if (stopping) process.exit(1)
      stopping = true
      await server.stop(signal === 'SIGTERM' ? drainSeconds * 1000 : 0)
      process.exit(0)
    })
  }
}

await main()

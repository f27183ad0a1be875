import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { Command, Option } from 'commander'
import { readVerificationKey } from '../../models/registry/verification-key.ts'
import { readApiKeys } from './api-key-file.ts'
import { buildAssets, buildPage, buildWorker, ROOT } from './build.ts'
import { endWithNpm } from './end-with-npm.ts'
import { type ServerFlags, serverOptions } from './flags.ts'
import { startWorkerd } from './workerd.ts'

const program = new Command('npm run start --').description(
  'Build the page and the Worker, and serve page, API and models from workerd on one port.',
)

for (const option of serverOptions()) program.addOption(option)
program
  .addOption(
    new Option(
      '--state <folder>',
      'where workerd keeps its R2, with the versions that `npm run registry` puts there',
    )
      .env('LATENT_EDGE_STATE')
      .default(path.join(ROOT, 'edge/.wrangler/state/v3')),
  )
  .addOption(
    new Option(
      '--verify <key>',
      'public key (PEM): serve only versions signed by it from R2, and have the page show only signed models',
    ).env('VERIFY_KEY'),
  )
  .addOption(new Option('--out <folder>', 'where to build').default(path.join(ROOT, 'edge/dist')))

interface Flags extends ServerFlags {
  state: string
  verify?: string
  out: string
}

async function start(): Promise<void> {
  endWithNpm('start')
  const flags = program.parse().opts<Flags>()
  const { port, host, models, defaultModel, state, verify, out, rate, publicUrl, trustProxy } = flags
  const verifyKey = verify === undefined ? undefined : readFileSync(verify, 'utf8')
  if (verifyKey !== undefined) await readVerificationKey(verifyKey)
  const keys = flags.keys === undefined ? undefined : await readApiKeys(flags.keys)
  await checkFree(host, port)
  console.log('Building the page and the Worker …')
  const folders = {
    zoo: models,
    page: path.join(out, 'page'),
    assets: path.join(out, 'assets'),
    worker: path.join(out, 'worker'),
  }
  await buildPage(folders.page, verify)
  await buildAssets(folders, (id, reason) => console.error(`${id} cannot be used: ${reason}`))
  await buildWorker(folders, { defaultModel })
  const running = await startWorkerd({
    host,
    port,
    ...folders,
    defaultModel,
    state,
    limit: rate,
    keys,
    publicUrl,
    trustProxy,
    verifyKey,
    log: line => console.error(line),
  })
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // Miniflare's own handlers end the process at once.
    process.removeAllListeners(signal)
    process.on(signal, async () => {
      if (stopping) return
      stopping = true
      await (signal === 'SIGTERM' ? running.drain() : running.stop())
      process.exit(0)
    })
  }
  const address = running.url.replace('127.0.0.1', 'localhost')
  console.log(`\n  Page           ${address}/\n  Documentation  ${address}/docs`)
  const listed = await fetch(`${running.url}/v1/models`)
  const { default: model } = (await listed.json()) as { default?: string }
  if (model)
    console.log(`  Images         ${address}/v1/models/default/sample?n=16&seed=7&scale=4  (${model})`)
  console.log('\nCtrl-C stops it.')
}

/**
 * Ends the program with a plain message if something already listens on the port. Checked before the build, because
 * workerd would report it only afterwards, and less clearly.
 */
async function checkFree(host: string, port: number): Promise<void> {
  const probe = createServer()
  const error = await new Promise<NodeJS.ErrnoException | undefined>(resolve => {
    probe.once('error', resolve)
    probe.listen(port, host, () => probe.close(() => resolve(undefined)))
  })
  if (!error) return
  program.error(
    error.code === 'EADDRINUSE'
      ? `error: port ${port} is taken by another program; choose one with PORT, as in: PORT=${port + 1} npm start`
      : `error: cannot listen on ${host}:${port}: ${error.message}`,
  )
}

start().catch(error => program.error(`error: ${error instanceof Error ? error.message : error}`))

/*
 * Automatic canaries, on real servers:
 *
 *   node test/versions/canary-trial.ts [--out folder] [--epochs 5] [--rate 40]
 *
 * It trains three versions of mnist-vae-l1-z2 (two that differ in their seed, one after a single epoch). On each of
 * three
 * places (Node with a folder, workerd with its R2 on disk, the same R2 by its S3 API) it pushes them, starts the
 * second as a canary with --auto and runs `registry -- watch`, which should promote it; then the third, which should be
 * rolled back. It prints the metrics by version. Ends with 1 if a verdict is wrong. Needs no network.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildAssets, buildWorker, ROOT } from '../../edge/node/build.ts'
import { startServer } from '../../edge/node/server.ts'
import { startWorkerd } from '../../edge/node/workerd.ts'
import { startS3 } from './buckets.ts'

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'runs/canary-trial' },
    epochs: { type: 'string', default: '5' },
    rate: { type: 'string', default: '40' },
  },
})
const out = resolve(values.out)
const ID = 'mnist-vae-l1-z2'
let wrong = 0

/** Runs a command of the repository, prints it and what it printed; its output. */
async function run(script: string, args: string[], env: NodeJS.ProcessEnv, lines = 3): Promise<string> {
  console.log(
    `$ ${script.includes('registry') ? 'npm run registry --' : script} ${args.join(' ').replaceAll(`${out}/`, '')}`,
  )
  const child = spawn(process.execPath, [join(ROOT, script), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (text += data))
  const code = await new Promise(ended => child.once('close', ended))
  console.log(text.trimEnd().split('\n').slice(-lines).join('\n'))
  if (code !== 0) {
    wrong++
    console.log(`WRONG: ended with ${code}`)
  }
  return text
}

/** Trains and exports a version; its folder and its name. */
function makeVersion(name: string, epochs: string, seed: string): { folder: string; version: string } {
  const [directory, zoo] = [join(out, 'runs', name), join(out, 'zoo', name)]
  const train = [ID, '--epochs', epochs, '--seed', seed, '--out', directory, '--overwrite']
  for (const [script, args] of [
    ['train/fit/cli.ts', train],
    ['train/zoo/export-cli.ts', [directory, '--zoo', zoo, '--test-images', '--no-judge', '--replace']],
  ] as const) {
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, script), ...args], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr)
  }
  const { version } = JSON.parse(readFileSync(join(zoo, ID, 'card.json'), 'utf8'))
  console.log(`${name}: ${ID}@${version}, ${epochs} epochs, seed ${seed}`)
  return { folder: join(zoo, ID), version }
}

interface TriedDeployment {
  what: string
  url: string
  env: NodeJS.ProcessEnv
  metrics(): Promise<string>
  stop(): Promise<void>
}

async function onNode(): Promise<TriedDeployment> {
  const bucket = join(out, 'bucket')
  mkdirSync(bucket)
  mkdirSync(join(out, 'empty'), { recursive: true })
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    models: join(out, 'empty'),
    bucket,
    rate: 0,
    trustProxy: false,
    sessionBytes: 2 ** 26,
    channelSeconds: 1,
    metricsPort: 0,
    log: console.log,
  })
  return {
    what: 'Node and a folder',
    url: server.url,
    env: { LATENT_EDGE_TARGET: `dir:${bucket}` },
    async metrics() {
      const text = await (await fetch(server.metricsUrl!)).text()
      const lines = text.split('\n').filter(line => /^http_requests_total.*version="[0-9a-f]/.test(line))
      return lines.join('\n')
    },
    stop: () => server.stop(),
  }
}

async function onWorkerd(state: string): Promise<TriedDeployment> {
  const folders = { zoo: join(out, 'empty'), assets: join(out, 'assets'), worker: join(out, 'worker') }
  mkdirSync(state, { recursive: true })
  await buildAssets(folders)
  await buildWorker(folders)
  const faults: string[] = []
  const log = (line: string) => void faults.push(line)
  const running = await startWorkerd({
    host: '127.0.0.1',
    port: 0,
    ...folders,
    limit: 0,
    state,
    channelSeconds: 1,
    metrics: true,
    log,
  })
  return {
    what: 'workerd and its R2',
    url: running.url,
    env: { LATENT_EDGE_TARGET: 'local', LATENT_EDGE_STATE: state },
    metrics: async () =>
      `${faults.filter(line => /Analytics|writeDataPoint/.test(line)).length} data points were refused by the Analytics Engine binding`,
    stop: running.stop,
  }
}

/** One canary as good as the stable version, and one that is worse. */
async function tryDeployment(
  { what, url, env, metrics }: TriedDeployment,
  [first, second, worse]: ReturnType<typeof makeVersion>[],
): Promise<void> {
  console.log(`\n# ${what}, ${url}`)
  const registry = (args: string[], lines?: number) => run('train/retrain/registry-cli.ts', args, env, lines)
  for (const { folder } of [first, second, worse]) await registry(['push', folder], 1)
  // Without this the bundled model of that id would be the first stable version.
  const zoo = ['--zoo', join(out, 'empty')]
  await registry(['promote', `${ID}@${first.version}`, ...zoo], 1)
  const watch = ['watch', '--server', url, '--rate', values.rate, '--every', '0']
  for (const [canary, verdict] of [
    [second, 'promote'],
    [worse, 'rollback'],
  ] as const) {
    const force = verdict === 'rollback' ? ['--force'] : []
    await registry(['promote', `${ID}@${canary.version}`, '--canary', '10', '--auto', ...zoo, ...force], 1)
    const begun = performance.now()
    const said = await registry(watch)
    console.log(`  after ${((performance.now() - begun) / 1000).toFixed(0)} s`)
    if (!said.includes(`${ID}: ${verdict} ${canary.version}`)) {
      wrong++
      console.log(`WRONG: expected ${verdict}`)
    }
  }
  await registry(['list'], 4)
  console.log(await metrics())
}

rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })
const versions = [
  makeVersion('first', values.epochs, '1'),
  makeVersion('second', values.epochs, '2'),
  makeVersion('worse', '1', '3'),
]
const node = await onNode()
await tryDeployment(node, versions)
await node.stop()
for (const name of ['local', 'remote']) {
  const state = join(out, name)
  const workerd = await onWorkerd(state)
  if (name === 'local') await tryDeployment(workerd, versions)
  else {
    const s3 = await startS3(state)
    const { endpoint, accessKeyId, secretAccessKey } = s3.account
    const env = {
      LATENT_EDGE_TARGET: 'remote',
      R2_ENDPOINT: endpoint,
      R2_ACCESS_KEY_ID: accessKeyId,
      R2_SECRET_ACCESS_KEY: secretAccessKey,
    }
    await tryDeployment({ ...workerd, what: 'workerd and its R2 by the S3 API', env }, versions)
    await s3.stop()
  }
  await workerd.stop()
}
console.log(wrong === 0 ? '\nall verdicts as expected' : `\n${wrong} not as expected`)
process.exit(wrong === 0 ? 0 : 1)

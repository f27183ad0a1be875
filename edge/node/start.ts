import { createServer } from 'node:net'
import { buildAssets, buildPage, buildWorker, FOLDERS, listModels } from './build.ts'
import { startWorkerd } from './workerd.ts'

/** Builds page, models and Worker and serves all three from workerd on one port. */
async function start(): Promise<void> {
  const port = readPort(process.env.PORT ?? '8787')
  const host = process.env.HOST ?? '127.0.0.1'
  await checkFree(host, port)
  const ids = await listModels(FOLDERS.zoo)
  console.log('Building the page and the worker …')
  await buildPage()
  await buildAssets(FOLDERS)
  await buildWorker(FOLDERS)
  const running = await startWorkerd({ host, port, log: line => console.error(line) })
  const stop = once(async () => {
    await running.stop()
    process.exit(0)
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  const address = running.url.replace('127.0.0.1', 'localhost')
  console.log(`\n  Page       ${address}/`)
  console.log(`  Documents  ${address}/docs`)
  if (ids.length > 0) console.log(`  Digits     ${address}/v1/models/${ids[0]}/sample?n=16&seed=7&scale=4`)
  console.log('\nCtrl-C stops it.')
}

function readPort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  return fail(`PORT: expected a number from 0 to 65535, got ${JSON.stringify(text)}`)
}

/** Ends with a plain message if something listens on the port already. */
async function checkFree(host: string, port: number): Promise<void> {
  const probe = createServer()
  const error = await new Promise<NodeJS.ErrnoException | undefined>(resolve => {
    probe.once('error', resolve)
    probe.listen(port, host, () => probe.close(() => resolve(undefined)))
  })
  if (!error) return
  fail(
    error.code === 'EADDRINUSE'
      ? `Port ${port} is taken by another program. Choose one with PORT, as in: PORT=${port + 1} npm start`
      : `Cannot listen on ${host}:${port}: ${error.message}`,
  )
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}

function once(action: () => Promise<void>): () => void {
  let done = false
  return () => {
    if (!done) void action()
    done = true
  }
}

start().catch(error => fail(error instanceof Error ? error.message : String(error)))

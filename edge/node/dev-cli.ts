import { spawn } from 'node:child_process'
import path from 'node:path'
import { Command } from 'commander'
import { createServer } from 'vite'
import { ROOT } from './build.ts'
import { endWithNpm } from './end-with-npm.ts'
import { modelsOption, portOption } from './flags.ts'

/** Addresses that the API answers; every other one is the page's. `/embed/` is the page, `/embed` a frame of the API. */
const API_PATHS = '^/(v1|v2|mcp|docs|openapi\\.json|healthz|readyz|oembed|llms\\.txt|embed(?=\\?|$))'

interface Flags {
  port: number
  models: string
}

const program = new Command('npm run dev --')
  .description(
    'Serve the page and the API for development: the page reloads and the API restarts when a file changes.',
  )
  .addOption(portOption(65_534))
  .addOption(modelsOption())
  .addHelpText(
    'after',
    '\nThe API itself listens on the next port. It runs on Node; `npm start` runs it in workerd.',
  )

async function main(): Promise<void> {
  endWithNpm('dev')
  const { port, models } = program.parse().opts<Flags>()
  const apiPort = String(port + 1)
  // The page first: where its port is taken, nothing else has been started.
  const page = await createServer({
    configFile: path.join(ROOT, 'web/vite.config.ts'),
    server: { port, strictPort: true, proxy: { [API_PATHS]: `http://127.0.0.1:${apiPort}` } },
  })
  await page.listen()
  const api = spawn(
    process.execPath,
    [
      '--watch',
      '--watch-preserve-output',
      path.join(import.meta.dirname, 'cli.ts'),
      '--port',
      apiPort,
      '--rate',
      '0',
      '--access-log',
      'none',
      '--drain-seconds',
      '0',
      '--models',
      models,
    ],
    { stdio: 'inherit' },
  )
  page.printUrls()
  const stop = async (code: number) => {
    api.removeAllListeners('exit')
    api.kill()
    await page.close()
    process.exit(code)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(0))
  api.on('exit', code => stop(code ?? 1))
}

main().catch(error => program.error(`error: ${error instanceof Error ? error.message : error}`))

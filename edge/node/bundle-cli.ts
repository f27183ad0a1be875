import { existsSync } from 'node:fs'
import path from 'node:path'
import { Command } from 'commander'
import { buildAssets, buildWorker, FOLDERS } from './build.ts'

const program = new Command('npm run build:edge --')
  .description(
    'Build the files that `wrangler deploy` uploads: the page of `npm run build`, the zoo, the bundled Worker.',
  )
  .parse()

if (!existsSync(path.join(FOLDERS.page, 'index.html'))) {
  program.error(`error: no page in ${FOLDERS.page}; build it with: npm run build`)
}
await buildAssets(FOLDERS)
console.log((await buildWorker(FOLDERS)).trim())

import { existsSync } from 'node:fs'
import path from 'node:path'
import { buildAssets, buildWorker, FOLDERS } from './build.ts'

/** Builds the files that `wrangler deploy` uploads: the page from web/dist, the zoo, and the bundled Worker. */
if (!existsSync(path.join(FOLDERS.page, 'index.html'))) {
  console.error(`error: no page in ${FOLDERS.page}; build it with: npm run build`)
  process.exit(1)
}
await buildAssets(FOLDERS)
console.log((await buildWorker(FOLDERS)).trim())

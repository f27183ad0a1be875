import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { Command, Option } from 'commander'
import { buildAssets, buildPage, buildWorker, FOLDERS, findProgram, listModels, ROOT } from './build.ts'

const program = new Command('npm run deploy --')
  .description('Build the page and the Worker, check both as Cloudflare would, and deploy them.')
  .addOption(new Option('--models <folder>', 'models to deploy with it').env('MODELS').default(FOLDERS.zoo))
  .option('--dry-run', 'stop before deploying; needs no network and no account')
  .addHelpText(
    'after',
    `
Deploying needs an account: CLOUDFLARE_API_TOKEN in the environment, or \`npx wrangler login\` once. The bucket named in
edge/wrangler.jsonc must exist: \`npx wrangler r2 bucket create latent-edge-models\`.

Models need no deployment: \`npm run registry\` puts versions into the bucket, and running Workers follow.`,
  )

async function deploy(): Promise<void> {
  const { models, dryRun = false } = program.parse().opts<{ models: string; dryRun?: boolean }>()
  const ids = await listModels(models)
  if (ids.length === 0)
    throw new Error(`--models: expected a folder of models, got ${models}, which has none`)
  console.log('1/3 build the page')
  await buildPage(FOLDERS.page)
  console.log(`2/3 build and check the Worker, with ${ids.join(', ')}`)
  await buildAssets({ ...FOLDERS, zoo: models })
  const output = await buildWorker(FOLDERS)
  console.log(output.slice(output.indexOf('Total Upload')).replace('--dry-run: exiting now.', '').trim())
  if (dryRun) {
    console.log('nothing was deployed (--dry-run)')
    return
  }
  console.log('3/3 deploy')
  // Wrangler's output is shown as it is: it may ask for a login or an account.
  const args = [findProgram('wrangler'), 'deploy', '--config', 'wrangler.jsonc', '--assets', FOLDERS.assets]
  const child = spawn(process.execPath, args, { cwd: path.join(ROOT, 'edge'), stdio: 'inherit' })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`the deployment failed: wrangler ended with exit code ${code}`)
}

deploy().catch(error => program.error(`error: ${error instanceof Error ? error.message : error}`))

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { GATE } from '../../models/gate.ts'
import type { Bucket } from './bucket.ts'
import {
  formatChannelState,
  formatFile,
  formatFindings,
  formatPromoted,
  readBundled,
  whoami,
} from './describe.ts'
import { diffCards } from './diff.ts'
import { EXIT, exitCodeOf } from './failure.ts'
import { formatRows, formatTable, listRows } from './list.ts'
import { readModel } from './model.ts'
import { readId, readName, readNamedCard } from './name.ts'
import { promoteVersion, rollBackModel } from './promote.ts'
import { pruneVersions } from './prune.ts'
import { pushModel } from './push.ts'
import { openTarget, TARGETS } from './target.ts'
import { verifyBucket } from './verify.ts'

const percent = (text: string) => {
  const value = Number(text)
  if (text.trim() !== '' && value > 0 && value <= 100) return value
  throw new InvalidArgumentError('expected a percentage above 0, at most 100.')
}
const tolerance = (text: string) => {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0) return value
  throw new InvalidArgumentError('expected a percentage, 0 or more.')
}
const count = (text: string) => {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('expected a whole number, 1 or more.')
}

const program = new Command('npm run models --')
  .description('Versions of models in a bucket, and which of them answer.')
  .addOption(new Option('--target <where>', TARGETS).env('LATENT_EDGE_TARGET').default('local'))
  .showHelpAfterError('(--help lists commands and options)')
  .exitOverride()
  .addHelpText(
    'after',
    `
A version is the hash of its files and is never changed; a model's channel says which version answers. A running
server notices a changed channel by itself within a minute.

Exit codes: 0 done, 1 failed, 2 not understood, 3 refused by the gate, 4 somebody else changed the channel meanwhile.

Examples:
  $ npm run models -- push runs/mnist-vae-l2-z2/export/mnist-vae-l2-z2
  $ npm run models -- promote mnist-vae-l2-z2@ea61febf88c4 --canary 10
  $ npm run models -- promote mnist-vae-l2-z2@canary
  $ npm run models -- rollback mnist-vae-l2-z2
  $ npm run models -- diff mnist-vae-l2-z2@stable mnist-vae-l2-z2@canary
  $ npm run models -- verify --target dir:/srv/models`,
  )

/** Adds a command that works on the target's bucket; --target may stand before it or after. */
function command(usage: string, summary: string): Command {
  return program.command(usage).description(summary).option('--target <where>', 'as above')
}

async function withBucket<T>(options: { target?: string }, work: (bucket: Bucket) => Promise<T>): Promise<T> {
  const bucket = await openTarget(options.target ?? program.opts<{ target: string }>().target)
  try {
    return await work(bucket)
  } finally {
    await bucket.close()
  }
}

interface Options {
  target?: string
}

command('list', 'every version and where it stands')
  .option('--json', 'print JSON')
  .action((options: Options & { json?: boolean }) =>
    withBucket(options, async bucket => {
      const rows = await listRows(bucket)
      if (options.json) console.log(JSON.stringify(rows, null, 2))
      else console.log(rows.length > 0 ? formatRows(rows) : `${bucket.name} has no models`)
    }),
  )

command('push <folder>', 'upload a model’s folder as a version; nobody gets it until it is promoted').action(
  (folder: string, options: Options) =>
    withBucket(options, async bucket => {
      const model = await readModel(folder)
      const name = `${model.card.id}@${model.card.version}`
      console.log(`${name} → ${bucket.name}`)
      const wrote = await pushModel(bucket, model, (...file) => console.log(formatFile(...file)))
      console.log(`${name} ${wrote ? 'is there' : 'was there already, whole'}`)
    }),
)

command('promote <id@version>', 'let a version answer, if it passes the gate')
  .option('--canary <percent>', 'for that share of the traffic', percent)
  .option('--force', 'go past what the gate holds against it, and say what that was')
  .option('--tolerance <percent>', 'how much worse a test metric may be', tolerance, GATE.tolerance)
  .option(
    '--zoo <folder>',
    'models deployed with the Worker, which answer where there is no channel',
    'models/zoo',
  )
  .action(
    (text: string, options: Options & { canary?: number; force?: boolean; tolerance: number; zoo: string }) =>
      withBucket(options, async bucket => {
        const { id, version } = await readName(bucket, text)
        const promoted = await promoteVersion(bucket, {
          id,
          version,
          share: options.canary,
          force: options.force,
          tolerance: options.tolerance,
          by: whoami(),
          bundled: await readBundled(options.zoo, id),
          onFindings: (...found) => console.log(formatFindings(...found)),
        })
        console.log(formatPromoted(promoted))
      }),
  )

command('rollback <id>', 'end the canary, or else go back to the stable version before').action(
  (id: string, options: Options) =>
    withBucket(options, async bucket => {
      console.log(formatChannelState(await rollBackModel(bucket, readId(id), whoami())))
    }),
)

command('verify', 'read everything and check every hash').action((options: Options) =>
  withBucket(options, async bucket => {
    const verdicts = await verifyBucket(bucket, ({ name, faults, unfinished }) => {
      console.log(`${faults.length > 0 ? 'FAULTY' : unfinished ? 'unfinished' : 'whole'}  ${name}`)
      for (const fault of faults) console.log(`  ${fault}`)
    })
    const faulty = verdicts.filter(({ faults }) => faults.length > 0).length
    console.log(`${verdicts.length} checked in ${bucket.name}, ${faulty} faulty`)
    if (faulty > 0) process.exitCode = 1
  }),
)

command('prune', 'delete old versions; those that answer, and the one a rollback goes to, stay')
  .option('--keep <n>', 'newest versions of each model to keep', count, 5)
  .option('--dry-run', 'only say what would go')
  .action((options: Options & { keep: number; dryRun?: boolean }) =>
    withBucket(options, async bucket => {
      const { keep, dryRun = false } = options
      const pruned = await pruneVersions(bucket, { keep, dry: dryRun }, ({ version, why }) =>
        console.log(`${dryRun ? 'would delete' : 'deleting'} ${version.id}@${version.version} (${why})`),
      )
      console.log(`${pruned.length} ${dryRun ? 'to delete' : 'deleted'}`)
    }),
  )

command(
  'diff <a> <b>',
  'in what two versions differ: id, id@version, id@stable, id@canary or a folder',
).action((a: string, b: string, options: Options) =>
  withBucket(options, async bucket => {
    const rows = diffCards(await readNamedCard(bucket, a), await readNamedCard(bucket, b))
    const lines = rows.map(row => [row.field, row.a, row.b, row.change ?? ''])
    console.log(rows.length > 0 ? formatTable([['', a, b, ''], ...lines]) : 'no difference')
  }),
)

program.parseAsync().catch((error: Error) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : EXIT.usage
    return
  }
  console.error(`error: ${error.message}`)
  process.exitCode = exitCodeOf(error)
})

import { Command, CommanderError, Option } from 'commander'
import { GATE } from '../../models/registry/measured-version.ts'
import { exitCodeOf } from '../command/run-program.ts'
import type { CommandContext, Options, Output, TestData } from './command-context.ts'
import {
  formatChannelState,
  formatFile,
  formatFindings,
  formatPromoted,
  readBundled,
  whoami,
} from './describe.ts'
import { diffCards } from './diff.ts'
import { EXIT } from './failure.ts'
import { bundledModelsOption, count, percent, tolerance } from './flags.ts'
import { formatRows, formatTable, listRows } from './list.ts'
import { promoteVersion, rollBackModel } from './promote.ts'
import { pruneVersions } from './prune.ts'
import { pushModel } from './push.ts'
import { readModelFolder } from './read-folder.ts'
import { readPublicKey, readSigningKey, signFolder } from './sign.ts'
import { openTarget, TARGETS } from './stores/target.ts'
import { verifyBucket } from './verify.ts'
import { readId, readNamedCard, readVersionName } from './version-name.ts'
import { addWatch } from './watch-command.ts'

/**
 * Runs `npm run registry -- …` and returns its exit code.
 *
 * @param testData without it, the gate compares the figures of cards
 */
export async function runCommand(
  args: readonly string[],
  { print, printError }: Output,
  testData?: TestData,
): Promise<number> {
  let code = 0
  const program = createProgram(print, printError)
  const context: CommandContext = {
    print,
    testData,
    fail: () => {
      code = 1
    },
    command: (usage, summary) =>
      program.command(usage).description(summary).option('--target <where>', TARGETS),
    async withBucket(options, work) {
      const bucket = await openTarget(options.target ?? program.opts<{ target: string }>().target)
      try {
        return await work(bucket)
      } finally {
        await bucket.close()
      }
    },
  }
  for (const add of [
    addList,
    addPush,
    addPromote,
    addRollback,
    addVerify,
    addPrune,
    addDiff,
    addWatch,
    addSign,
  ])
    add(context)
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage
    printError(`error: ${(error as Error).message}`)
    return exitCodeOf(error)
  }
}

function createProgram(print: Output['print'], printError: Output['printError']): Command {
  return new Command('npm run registry --')
    .description('Versions of models in a bucket, and which of them answer.')
    .addOption(new Option('--target <where>', TARGETS).env('LATENT_EDGE_TARGET').default('local'))
    .showHelpAfterError('(--help lists commands and options)')
    .exitOverride()
    .configureOutput({
      writeOut: text => print(text.trimEnd()),
      writeErr: text => printError(text.trimEnd()),
    })
    .addHelpText(
      'after',
      `
A version is named by the hash of its files and never changes. A model's channel says which version is served; running
servers notice a changed channel within a minute.

Exit codes: 0 success, 1 failure, 2 the command line cannot be parsed, 3 refused by the gate, 4 another process changed
the channel meanwhile.

Examples:
  $ npm run registry -- push runs/mnist-vae-l2-z2/export/mnist-vae-l2-z2
  $ npm run registry -- promote mnist-vae-l2-z2@ea61febf88c4 --canary 10
  $ npm run registry -- promote mnist-vae-l2-z2@canary
  $ npm run registry -- rollback mnist-vae-l2-z2
  $ npm run registry -- diff mnist-vae-l2-z2@stable mnist-vae-l2-z2@canary
  $ npm run registry -- verify --target dir:/srv/models`,
    )
}

function addList({ command, withBucket, print }: CommandContext): void {
  command('list', 'list every version with its state')
    .option('--json', 'print JSON')
    .action((options: Options & { json?: boolean }) =>
      withBucket(options, async bucket => {
        const rows = await listRows(bucket)
        if (options.json) print(JSON.stringify(rows, null, 2))
        else print(rows.length > 0 ? formatRows(rows) : `${bucket.name} has no models`)
      }),
    )
}

function addPush({ command, withBucket, print, testData }: CommandContext): void {
  command('push <folder>', 'upload a model’s folder as a version; it gets no traffic until it is promoted')
    .option(
      '--sign <key>',
      'sign it with this private key (PEM, elliptic curve), as OpenSSF model signing does',
    )
    .action((folder: string, options: Options & { sign?: string }) =>
      withBucket(options, async bucket => {
        const key = options.sign === undefined ? undefined : await readSigningKey(options.sign)
        const model = await readModelFolder(folder)
        const name = `${model.card.id}@${model.card.version}`
        print(`${name} → ${bucket.name}`)
        const wrote = await pushModel(bucket, model, (...file) => print(formatFile(...file)), key)
        if (await testData?.pushTestImages(bucket, folder, model.card))
          print('  its test images, for the gate')
        print(`${name} ${wrote ? 'is complete' : 'was already there, complete'}`)
      }),
    )
}

interface PromoteFlags {
  canary?: number
  auto?: boolean
  force?: boolean
  setFloor?: boolean
  verify?: string
  tolerance: number
  zoo: string
}

function addPromote({ command, withBucket, print, testData }: CommandContext): void {
  command('promote <id@version>', 'serve a version to all traffic, or as a canary, if it passes the gate')
    .option('--canary <percent>', 'serve it to this share of the traffic only, as a canary', percent)
    .option(
      '--auto',
      'with --canary: let `watch` compare it with the stable version, then promote it or roll it back',
    )
    .option('--force', 'promote it although the gate refuses it; the failed checks are recorded')
    .option('--tolerance <percent>', 'how much worse a test metric may be', tolerance, GATE.tolerance)
    .option('--verify <key>', 'require a signature by this public key (PEM)')
    .option(
      '--set-floor',
      'without --canary: make it the floor, which no later version may be much worse than (default: the first stable version)',
    )
    .addOption(bundledModelsOption())
    .action((text: string, options: Options & PromoteFlags) =>
      withBucket(options, async bucket => {
        const { id, version } = await readVersionName(bucket, text)
        const key = options.verify === undefined ? undefined : await readPublicKey(options.verify)
        const promoted = await promoteVersion(bucket, {
          id,
          version,
          share: options.canary,
          auto: options.auto,
          force: options.force,
          setFloor: options.setFloor,
          tolerance: options.tolerance,
          key,
          by: whoami(),
          measure: testData?.measure,
          judgeSamples: testData?.judgeSamples,
          bundled: await readBundled(options.zoo, id),
          onFindings: (...found) => print(formatFindings(...found)),
        })
        print(formatPromoted(promoted))
      }),
    )
}

function addRollback({ command, withBucket, print }: CommandContext): void {
  command('rollback <id>', 'end the canary, or without one restore the previous stable version').action(
    (id: string, options: Options) =>
      withBucket(options, async bucket => {
        print(formatChannelState(await rollBackModel(bucket, readId(id), whoami())))
      }),
  )
}

function addVerify({ command, withBucket, print, fail }: CommandContext): void {
  command('verify', 'read every file in the bucket and check its hash')
    .option('--verify <key>', 'also check every signature by this public key (PEM)')
    .action((options: Options & { verify?: string }) =>
      withBucket(options, async bucket => {
        const key = options.verify === undefined ? undefined : await readPublicKey(options.verify)
        const verdicts = await verifyBucket(bucket, key, ({ name, faults, unfinished }) => {
          print(`${faults.length > 0 ? 'FAULTY' : unfinished ? 'unfinished' : 'whole'}  ${name}`)
          for (const fault of faults) print(`  ${fault}`)
        })
        const faulty = verdicts.filter(({ faults }) => faults.length > 0).length
        print(`${verdicts.length} checked in ${bucket.name}, ${faulty} faulty`)
        if (faulty > 0) fail()
      }),
    )
}

function addPrune({ command, withBucket, print }: CommandContext): void {
  command('prune', 'delete old versions, but none that is served or is the target of a rollback')
    .option('--keep <n>', 'newest versions of each model to keep', count, 5)
    .option('--dry-run', 'only print what would be deleted')
    .action((options: Options & { keep: number; dryRun?: boolean }) =>
      withBucket(options, async bucket => {
        const { keep, dryRun = false } = options
        const pruned = await pruneVersions(bucket, { keep, dry: dryRun }, ({ version, why }) =>
          print(`${dryRun ? 'would delete' : 'deleting'} ${version.id}@${version.version} (${why})`),
        )
        print(`${pruned.length} ${dryRun ? 'to delete' : 'deleted'}`)
      }),
    )
}

function addSign({ command, print }: CommandContext): void {
  command('sign <folder>', 'write model.sig into a model’s folder, for servers that require signed models')
    .requiredOption('--key <file>', 'private key (PEM, elliptic curve)')
    .action(async (folder: string, { key }: { key: string }) => {
      print(`${await signFolder(folder, await readSigningKey(key))} written`)
    })
}

function addDiff({ command, withBucket, print }: CommandContext): void {
  command(
    'diff <a> <b>',
    'show how two versions differ: id, id@version, id@stable, id@canary or a folder',
  ).action((a: string, b: string, options: Options) =>
    withBucket(options, async bucket => {
      const rows = diffCards(await readNamedCard(bucket, a), await readNamedCard(bucket, b))
      const lines = rows.map(row => [row.field, row.a, row.b, row.change ?? ''])
      print(rows.length > 0 ? formatTable([['', a, b, ''], ...lines]) : 'no difference')
    }),
  )
}

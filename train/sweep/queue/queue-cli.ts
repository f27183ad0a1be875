import { availableParallelism, totalmem } from 'node:os'
import { type Command, Option } from 'commander'
import { dataDirOption, integer, number } from '../../../export/command/options.ts'
import { stopOnSignals } from '../../../export/command/stop-signals.ts'
import { RESULTS_FOLDER } from '../results/result-files.ts'
import { openCheckpointStore } from './checkpoint-store.ts'
import { collectResults } from './collect.ts'
import { cancelRuns, matchingRuns, retryRuns, setUrgency } from './control.ts'
import { startDashboard } from './dashboard.ts'
import { findPrograms, startDatabase } from './database.ts'
import type { Queue } from './queue.ts'
import { runQueueWorker } from './queue-worker.ts'
import { formatStatus, readStatus } from './status.ts'
import { listRuns, type QueuedRun, setPaused } from './tables.ts'
import { waitForQueue, withQueue } from './with-queue.ts'

const STORE = 'runs/queue/store'
const OUT = 'runs/queue/runs'
const DATABASE_FOLDER = 'runs/queue/postgres'
const DATABASE_PORT = 54_329
const DASHBOARD_PORT = 8791

/** The option that names the queue; LATENT_EDGE_QUEUE by default. */
export function queueOption(): Option {
  return new Option(
    '--queue <url>',
    'Postgres of the queue: postgres://user:password@host:5432/database',
  ).env('LATENT_EDGE_QUEUE')
}

/** Adds the commands of a queue to `npm run sweep --`. */
export function addQueueCommands(program: Command): void {
  const all = [
    addWorker,
    addStatus,
    addDashboard,
    addCollect,
    addControls,
    addPriority,
    addPauses,
    addDatabase,
  ]
  for (const add of all) add(program)
}

function addWorker(program: Command): void {
  program
    .command('worker')
    .description('Take runs from a queue and train them, on any number of machines.')
    .addOption(queueOption().makeOptionMandatory())
    .option('--store <where>', 'where checkpoints are kept: a shared folder, or s3://bucket/prefix', STORE)
    .option('-w, --workers <n>', 'runs at a time, one core each', integer({ min: 1 }), availableParallelism())
    .option('-o, --out <folder>', 'folder of run directories on this machine', OUT)
    .addOption(dataDirOption())
    .option(
      '--memory <GiB>',
      'memory for all runs together; three quarters of the machine’s by default',
      number({ min: 0.1 }),
    )
    .option('--drain', 'end when no run is left that this machine can train', false)
    .option(
      '--checkpoint-seconds <n>',
      "least time between two uploads of a run's checkpoint",
      number({ min: 0 }),
      60,
    )
    .action(({ queue: url, store, workers, out, dataDir, memory, drain, checkpointSeconds }) =>
      withQueue(
        url,
        queue =>
          runQueueWorker(queue, {
            slots: workers,
            store: openCheckpointStore(store),
            out,
            dataDir,
            memoryPerRun: (memory === undefined ? 0.75 * machineMemory() : memory * 2 ** 30) / workers,
            drain,
            checkpointSeconds,
            signal: stopOnSignals(say),
            onLine: say,
          }),
        at => waitForQueue(at, say),
      ),
    )
}

function addStatus(program: Command): void {
  program
    .command('status')
    .description('Show the state of a queue.')
    .argument('[sweep]', 'only this sweep')
    .addOption(queueOption().makeOptionMandatory())
    .option('--json', 'print it as JSON', false)
    .action((sweep: string | undefined, { queue: url, json }) =>
      withQueue(url, async ({ sql }) => {
        const status = await readStatus(sql, sweep)
        console.log(json ? JSON.stringify(status, null, 2) : formatStatus(status))
      }),
    )
}

function addDashboard(program: Command): void {
  program
    .command('dashboard')
    .description('Serve a page with the state of a queue, its loss curves and failures. It changes nothing.')
    .addOption(queueOption().makeOptionMandatory())
    .option('--host <address>', 'where to listen', '127.0.0.1')
    .option('--port <n>', 'port; 0 for a free one', integer({ min: 0, max: 65_535 }), DASHBOARD_PORT)
    .action(({ queue: url, host, port }) =>
      withQueue(url, async ({ sql }) => {
        const { url: address, close } = await startDashboard(sql, host, port)
        console.log(`Dashboard at ${address}; Ctrl-C ends it`)
        await ended()
        await close()
      }),
    )
}

function addCollect(program: Command): void {
  program
    .command('collect')
    .description('Write the results of finished runs of a queue into a folder, where they are not there yet.')
    .argument('[sweep]', 'only this sweep')
    .addOption(queueOption().makeOptionMandatory())
    .option('--results <folder>', 'folder of the result files', RESULTS_FOLDER)
    .action((sweep: string | undefined, { queue: url, results }) =>
      withQueue(url, async ({ sql }) => {
        const runs = await listRuns(sql, sweep)
        const written = await collectResults(runs, results)
        for (const { run } of written) console.log(run)
        const finished = runs.filter(run => run.result).length
        console.log(
          `${written.length} results written to ${results}; ${finished} of ${runs.length} runs finished`,
        )
      }),
    )
}

function addControls(program: Command): void {
  addControl(program, 'cancel', 'Cancel runs: current ones stop within seconds.', cancelRuns)
  addControl(program, 'retry', 'Put parked and cancelled runs back into the queue.', retryRuns)
}

function addPriority(program: Command): void {
  program
    .command('priority')
    .description('Move queued runs ahead of others or behind them.')
    .argument('<urgency>', 'from -9 to 9; 0 is usual', integer({ min: -9, max: 9 }))
    .argument('<patterns...>', 'of models, runs or sweeps: mnist-vae-*')
    .addOption(queueOption().makeOptionMandatory())
    .action((urgency: number, patterns: string[], { queue: url }) =>
      withQueue(url, async queue =>
        report(await setUrgency(queue, await matchingRuns(queue, patterns), urgency)),
      ),
    )
}

function addPauses(program: Command): void {
  for (const [name, paused] of [
    ['pause', true],
    ['resume', false],
  ] as const) {
    program
      .command(name)
      .description(paused ? 'Let workers take no further run.' : 'Let workers take runs again.')
      .addOption(queueOption().makeOptionMandatory())
      .action(({ queue: url }) =>
        withQueue(url, async ({ sql }) => {
          await setPaused(sql, paused)
          console.log(paused ? 'paused: current runs go on, no further one is taken' : 'resumed')
        }),
      )
  }
}

function addDatabase(program: Command): void {
  program
    .command('db')
    .description('Start Postgres for a queue, on a folder of this machine, until Ctrl-C.')
    .option('--dir <folder>', 'data folder, made if need be', DATABASE_FOLDER)
    .option('--port <n>', 'port on 127.0.0.1', integer({ min: 1, max: 65_535 }), DATABASE_PORT)
    .option('--programs <folder>', 'folder with initdb and postgres (default: those of npm, else of Debian)')
    .action(async ({ dir, port, programs }) => {
      const database = await startDatabase(dir, port, programs ?? findPrograms())
      console.log(`Postgres at ${database.url}\nexport LATENT_EDGE_QUEUE=${database.url}\nCtrl-C ends it`)
      await ended()
      await database.stop()
    })
}

function addControl(
  program: Command,
  name: string,
  description: string,
  control: (queue: Queue, runs: readonly QueuedRun[]) => Promise<QueuedRun[]>,
): void {
  program
    .command(name)
    .description(description)
    .argument('<patterns...>', 'of models, runs or sweeps: mnist-vae-*')
    .addOption(queueOption().makeOptionMandatory())
    .action((patterns: string[], { queue: url }) =>
      withQueue(url, async queue => report(await control(queue, await matchingRuns(queue, patterns)))),
    )
}

function report(runs: readonly QueuedRun[]): void {
  for (const { run } of runs) console.log(run)
  console.log(`${runs.length} runs`)
}

function say(line: string): void {
  console.log(`${new Date().toISOString().slice(11, 19)} ${line}`)
}

function ended(): Promise<void> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}

/** Bytes of memory that the machine has, or less where a container limits it. */
function machineMemory(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

import { number } from '../command/options.ts'
import { stopOnSignals } from '../command/stop-signals.ts'
import type { CommandContext, Options } from './command-context.ts'
import { whoami } from './describe.ts'
import { count } from './flags.ts'
import { pause, watchCanaries } from './watch.ts'

/** Adds `watch`. */
export function addWatch({ command, withBucket, print, testData }: CommandContext): void {
  command(
    'watch',
    'compare canaries started with --auto with the stable version, and promote or roll back each',
  )
    .requiredOption('--server <url>', 'the server to send requests to, such as http://127.0.0.1:8787')
    .option('--rate <pairs>', 'pairs of requests per second', number({ above: 0, max: 1000 }), 5)
    .option('--pairs <n>', 'pairs after which a trial ends undecided', count, 5000)
    .option(
      '--every <seconds>',
      'seconds between searches for canaries; 0: end when none is left',
      number({ min: 0 }),
      30,
    )
    .addHelpText(
      'after',
      `
Both versions get the same requests in pairs: test images to reconstruct if the bucket has them, otherwise samples by
seed. After each pair a sequential test compares quality, latency and errors. A canary as good as the stable version is
rolled back with a probability of at most 5%, however long it runs. The state of a trial is stored in the bucket, so that
another watcher can continue it.`,
    )
    .action((options: Options & { server: string; rate: number; pairs: number; every: number }) =>
      withBucket(options, async bucket => {
        const signal = stopOnSignals(print)
        const { server, rate, pairs: mostPairs, every } = options
        for (;;) {
          const watch = { server, rate, mostPairs, signal, by: `watch by ${whoami()}`, say: print }
          await watchCanaries(bucket, { ...watch, testImages: testData?.testImages })
          if (every === 0 || signal.aborted) return
          await pause(every * 1000, signal)
        }
      }),
    )
}

import { writeFile } from 'node:fs/promises'
import { Command, Option } from 'commander'
import { integer, number } from '../../export/command/options.ts'
import { writeK6 } from './k6.ts'
import { MIX, pickEntries } from './mix.ts'
import { SPACINGS, type Spacing } from './plan.ts'
import { PROFILES, type ProfileName, scaleProfile, secondsOf } from './profiles.ts'
import { compare, differences, type Ratio, readBaseline } from './report/comparison.ts'
import { formatResult, formatSecond, formatTime } from './report/display.ts'
import { formatReport } from './report/report.ts'
import type { Result } from './result.ts'
import { runLoad } from './run.ts'
import { resolveTarget, TargetError } from './target.ts'

interface Options {
  target?: string
  profile: ProfileName
  model: string
  scale: number
  seconds?: number
  spacing: Spacing
  seed: number
  only?: string
  timeout: number
  maxInFlight: number
  json: boolean
  save?: string
  baseline?: string
  report?: string
  maxP99?: number
  maxErrorRate?: number
  k6?: string
  iAmAllowedToLoad?: string
}

const EXIT = { missed: 1, usage: 2, refused: 3, interrupted: 130 } as const

const program = new Command('npm run load --')
  .description(
    'Load a server with requests at times that do not depend on its answers, and report what users would have seen.',
  )
  .showHelpAfterError('(--help lists the options)')
  .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : EXIT.usage))
  .option('--target <url>', 'the server, as http://127.0.0.1:8787')
  .addOption(
    new Option('--profile <name>', describeProfiles()).choices(Object.keys(PROFILES)).default('smoke'),
  )
  .option('--model <id>', 'the model asked for', 'mnist-vae-l2-z2')
  .option('--only <names>', 'of the mix only these, separated by commas')
  .option('--scale <factor>', 'multiply the rates of the profile', number({ min: 0.01, max: 1000 }), 1)
  .option(
    '--seconds <n>',
    'stretch or shorten the profile to so many seconds',
    number({ min: 1, max: 86_400 }),
  )
  .addOption(new Option('--spacing <kind>', 'gaps between arrivals').choices(SPACINGS).default('poisson'))
  .option(
    '--seed <n>',
    'seed of arrivals and mix; what requests ask for is drawn anew in each run',
    integer({ min: 0, max: 0xffffffff }),
    1,
  )
  .option('--timeout <ms>', 'give a request up after', number({ min: 1, max: 60_000 }), 10_000)
  .option(
    '--max-in-flight <n>',
    'send no more while so many wait; counted as failed',
    integer({ min: 1, max: 20_000 }),
    1000,
  )
  .option('--json', 'print the result as JSON', false)
  .option('--save <file>', 'keep the result, for --baseline')
  .option('--baseline <file>', 'compare with a kept result')
  .option('--report <file>', 'write an HTML page with plots')
  .option('--max-p99 <ms>', 'exit 1 if p99 is above', number({ min: 0, max: 1e9 }))
  .option('--max-error-rate <percent>', 'exit 1 if more fail', number({ min: 0, max: 100 }))
  .option(
    '--k6 <file>',
    'write the profiles and the mix as a k6 script (- for standard output), and load nothing',
  )
  .option('--i-am-allowed-to-load <host>', 'load a host that is not this machine')
  .addHelpText(
    'after',
    `
Latency counts from a request's scheduled time. Ctrl-C ends a run and reports what there is.

Exit codes: 0 done; 1 a --max- was missed, or nothing was answered as expected; 2 a wrong option;
3 the target is refused or does not answer; 130 ended by Ctrl-C.

Examples:
  $ npm run load -- --target http://127.0.0.1:8787
  $ npm run load -- --target http://127.0.0.1:8787 --profile steady --save steady.json
  $ npm run load -- --target http://127.0.0.1:8787 --profile steady --baseline steady.json --report steady.html
  $ npm run load -- --target http://127.0.0.1:8787 --max-p99 250 --max-error-rate 0.1`,
  )
  .action(main)

function describeProfiles(): string {
  return Object.entries(PROFILES)
    .map(([name, { summary }]) => `${name}: ${summary}`)
    .join('; ')
}

async function main(options: Options): Promise<void> {
  const mix = options.only ? pickEntries(MIX, options.only.split(',')) : MIX
  const profile = {
    name: options.profile,
    ...scaleProfile(PROFILES[options.profile], options.scale, options.seconds),
  }
  if (options.k6) return writeK6(options.k6, mix, options)
  if (!options.target) throw new Error('--target: expected an address such as http://127.0.0.1:8787')
  const baseline = options.baseline ? await readBaseline(options.baseline) : undefined
  if (baseline) {
    const names = mix.map(entry => entry.name)
    const unlike = differences(baseline, { ...options, planned: secondsOf(profile), names })
    if (unlike.length > 0) throw new Error(`--baseline: not to be compared\n  ${unlike.join('\n  ')}`)
  }
  const target = await resolveTarget(options.target, options.iAmAllowedToLoad)
  const result = await runLoad({
    ...options,
    target,
    profile,
    mix,
    signal: catchInterrupt(),
    onLook: tell,
    onSecond,
  })
  const comparison = baseline && compare(baseline, result)
  await output(result, comparison, options, baseline)
  process.exitCode = judge(result, options)
}

/** Ctrl-C ends the run; a second one, the program. */
function catchInterrupt(): AbortSignal {
  const stop = new AbortController()
  const interrupt = () => {
    if (stop.signal.aborted) process.exit(EXIT.interrupted)
    stop.abort()
    console.error('\nending early; Ctrl-C again to leave without a result')
  }
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
  return stop.signal
}

function tell(faults: readonly string[]): void {
  if (faults.length > 0) console.error(`Not as expected at first look:\n  ${faults.join('\n  ')}`)
}

const onSecond: NonNullable<Parameters<typeof runLoad>[0]['onSecond']> = (records, now) => {
  const terminal = process.stderr.isTTY
  if (terminal) process.stderr.write(`\r\x1b[K${formatSecond(records, now)}`)
  else if (Math.round(now / 1000) % 10 === 0) console.error(formatSecond(records, now))
}

async function output(
  result: Result,
  comparison: readonly Ratio[] | undefined,
  options: Options,
  baseline: Result | undefined,
): Promise<void> {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  const json = JSON.stringify(comparison ? { ...result, comparison } : result, null, 2)
  console.log(options.json ? json : formatResult(result, comparison))
  if (options.save) await writeFile(options.save, `${JSON.stringify(result, null, 2)}\n`)
  if (options.report) await writeFile(options.report, formatReport(result, comparison, baseline))
}

function judge(result: Result, { maxP99, maxErrorRate }: Options): number {
  const { latency, requests, failed } = result
  const missed: string[] = []
  if (maxP99 !== undefined && (latency.p99 === null || latency.p99 > maxP99)) {
    missed.push(`p99: expected at most ${formatTime(maxP99)}, got ${formatTime(latency.p99)}`)
  }
  const rate = (100 * failed) / Math.max(1, requests)
  if (maxErrorRate !== undefined && rate > maxErrorRate) {
    missed.push(`failed: expected at most ${maxErrorRate}%, got ${rate.toFixed(2)}%`)
  }
  if (!result.interrupted && failed === requests) missed.push('nothing was answered as expected')
  for (const line of missed) console.error(`missed: ${line}`)
  if (result.interrupted) return EXIT.interrupted
  return missed.length > 0 ? EXIT.missed : 0
}

program.parseAsync().catch((error: Error) => {
  console.error(`error: ${error.message}`)
  process.exitCode = error instanceof TargetError ? EXIT.refused : EXIT.usage
})

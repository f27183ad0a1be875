import { writeFile } from 'node:fs/promises'
import { Command, Option } from 'commander'
import { integer, number } from '../../export/command/options.ts'
import { resolveTarget, TargetError, targetMissing } from './client/target.ts'
import { startAgent } from './generate/agent.ts'
import { writeK6 } from './k6.ts'
import { formatReport } from './report/html-report.ts'
import { formatResult } from './report/terminal.ts'
import { chooseMix } from './requests/choose-mix.ts'
import { compare, incomparable, readBaseline } from './result/comparison.ts'
import type { LoadResult } from './result/result.ts'
import { missedThresholds, parseThresholds } from './result/thresholds.ts'
import { runPlan } from './run-plan.ts'
import { SPACINGS, type Spacing } from './schedule/arrivals.ts'
import { PROFILES, type ProfileName, scaleProfile, secondsOf } from './schedule/profiles.ts'

interface Options {
  target?: string
  insecure: boolean
  profile: ProfileName
  model?: string
  scenario?: string
  scale: number
  seconds?: number
  spacing: Spacing
  seed: number
  only?: string
  timeout: number
  maxInFlight: number
  generators: number
  agents?: string
  token?: string
  json: boolean
  save?: string
  baseline?: string
  report?: string
  hlog?: string
  threshold?: string
  k6?: string
  iAmAllowedToLoad?: string
}

const EXIT = { failed: 1, usage: 2, refused: 3, threshold: 99, interrupted: 130 } as const
const AGENT_PORT = 8790

const program = new Command('npm run load --')
  .description(
    'Load a server with requests at scheduled times that do not depend on its replies, and report the latencies that its users would see.',
  )
  .showHelpAfterError('(--help lists the options)')
  .enablePositionalOptions()
  .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : EXIT.usage))
  .optionsGroup('Target:')
  .option('--target <url>', 'address of the server, such as http://127.0.0.1:8787')
  .option('--insecure', 'accept any TLS certificate, such as a self-signed one', false)
  .option('--i-am-allowed-to-load <host>', 'load a host that is not this machine')
  .optionsGroup('Requests:')
  .option('--model <id>', "the model whose requests are sent (default: the server's first)")
  .option('--scenario <file>', 'send the requests of a JSON file instead, to any server')
  .option('--only <names>', 'only these kinds of requests, separated by commas')
  .optionsGroup('Rate:')
  .addOption(
    new Option('--profile <name>', describeProfiles()).choices(Object.keys(PROFILES)).default('smoke'),
  )
  .option('--scale <factor>', 'multiply the rates of the profile', number({ min: 0.01, max: 1000 }), 1)
  .option(
    '--seconds <n>',
    'stretch or shorten the profile to so many seconds',
    number({ min: 1, max: 86_400 }),
  )
  .addOption(new Option('--spacing <kind>', 'gaps between arrivals').choices(SPACINGS).default('poisson'))
  .option('--seed <n>', 'seed of the arrivals', integer({ min: 0, max: 0xffffffff }), 1)
  .option(
    '--timeout <ms>',
    'time after which a request counts as failed',
    number({ min: 1, max: 60_000 }),
    10_000,
  )
  .option(
    '--max-in-flight <n>',
    'in each generator: requests beyond so many in flight are not sent and count as failed',
    integer({ min: 1, max: 20_000 }),
    1000,
  )
  .optionsGroup('Generators:')
  .option(
    '--generators <n>',
    'share the arrivals among n processes of this machine',
    integer({ min: 1, max: 64 }),
    1,
  )
  .option('--agents <urls>', 'share the arrivals among agents, separated by commas: http://10.0.0.2:8790,…')
  .option('--token <text>', "the agents' token")
  .optionsGroup('Result:')
  .option('--threshold <limits>', 'exit with code 99 if one is missed: p99<200ms,errors<0.1%,decode:p90<50ms')
  .option('--json', 'print the result as JSON', false)
  .option('--save <file>', 'write the result, for --baseline')
  .option('--baseline <file>', 'compare with a saved result')
  .option('--report <file>', 'write an HTML page with plots')
  .option('--hlog <file>', 'write an HdrHistogram log')
  .option(
    '--k6 <file>',
    'write profiles and requests as a k6 script (- for standard output), and send no load',
  )
  .addHelpText(
    'after',
    `
Latency counts from a request's scheduled time. Ctrl-C ends a run and reports what there is.

Exit codes: 0 done; 99 a threshold was missed; 1 no reply was as expected, or a generator was lost; 2 a wrong option;
3 the target or an agent is refused or does not answer; 130 ended by Ctrl-C.

Examples:
  $ npm run load -- --target http://127.0.0.1:8787
  $ npm run load -- --target http://127.0.0.1:8787 --profile steady --save steady.json
  $ npm run load -- --target http://127.0.0.1:8787 --profile steady --baseline steady.json --report steady.html
  $ npm run load -- --target https://127.0.0.1:8443 --insecure --scenario shop.json --threshold 'p99<200ms,errors<0.1%'
  $ npm run load -- --target http://127.0.0.1:8787 --scale 50 --generators 3`,
  )
  .action(main)

program
  .command('agent')
  .description('Wait for a coordinator (--agents) and generate its part of the load from this machine.')
  .option(
    '--host <address>',
    'address to listen on; one that other machines reach needs --token',
    '127.0.0.1',
  )
  .option('--port <n>', 'port; 0 for a free one', integer({ min: 0, max: 65_535 }), AGENT_PORT)
  .option('--token <text>', 'what coordinators must present')
  .option('--i-am-allowed-to-load <host>', 'a host that is not this machine and that this agent may load')
  .action(async ({ host, port, token, iAmAllowedToLoad }) => {
    const { url, close } = await startAgent({ host, port, token, allowedTarget: iAmAllowedToLoad })
    console.log(`Agent at ${url}; Ctrl-C ends it`)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => close().then(() => process.exit()))
    }
  })

function describeProfiles(): string {
  return Object.entries(PROFILES)
    .map(([name, { summary }]) => `${name}: ${summary}`)
    .join('; ')
}

async function main(options: Options): Promise<void> {
  const thresholds = options.threshold ? parseThresholds(options.threshold) : []
  const profile = {
    name: options.profile,
    ...scaleProfile(
      PROFILES[options.profile],
      options.scale,
      options.seconds,
      options.agents?.split(',').length ?? options.generators,
    ),
  }
  const baseline = options.baseline ? await readBaseline(options.baseline) : undefined
  const target = options.target ? await resolveTarget(options.target, options.iAmAllowedToLoad) : undefined
  const mix = await chooseMix(options, target)
  if (options.k6) return writeK6(options.k6, mix, options)
  if (!target) throw targetMissing()
  if (baseline) {
    const names = mix.kinds.map(kind => kind.name)
    const reasons = incomparable(baseline, {
      ...options,
      scenario: mix.name,
      planned: secondsOf(profile),
      names,
    })
    if (reasons.length > 0) throw new Error(`--baseline: cannot be compared\n  ${reasons.join('\n  ')}`)
  }
  const result = await runPlan({ ...options, profile, mix, target })
  const comparison = baseline && compare(baseline, result)
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  const json = JSON.stringify(comparison ? { ...result, comparison } : result, null, 2)
  console.log(options.json ? json : formatResult(result, comparison))
  if (options.save) await writeFile(options.save, `${JSON.stringify(result, null, 2)}\n`)
  if (options.report) await writeFile(options.report, formatReport(result, comparison, baseline))
  const missed = missedThresholds(thresholds, result)
  for (const line of missed) console.error(`missed: ${line}`)
  process.exitCode = exitCode(result, missed.length > 0)
}

function exitCode(result: LoadResult, missed: boolean): number {
  const { interrupted, failed, requests, generators } = result
  if (interrupted) return EXIT.interrupted
  if (generators.some(generator => generator.lost)) {
    console.error('failed: a generator was lost')
    return EXIT.failed
  }
  if (failed === requests) {
    console.error('failed: no reply was as expected')
    return EXIT.failed
  }
  return missed ? EXIT.threshold : 0
}

program.parseAsync().catch((error: Error) => {
  console.error(`error: ${error.message}`)
  process.exitCode = error instanceof TargetError ? EXIT.refused : EXIT.usage
})

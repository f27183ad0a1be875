import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { AllFrames } from '../../models/paper/all-frames.ts'
import { RERUN_COMMANDS } from '../../models/paper/rerun-commands.ts'
import { runName } from '../../models/paper/result.ts'
import { RESULTS_FOLDER, resultPath } from '../sweep/results/result-files.ts'

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
const root = mkdtempSync(join(tmpdir(), 'rerun-'))
afterAll(() => rmSync(root, { recursive: true }))

/** The program and arguments of a command as npm runs it, with folders of this test in place of `runs/`. */
function parse(command: string): { program: string; args: string[] } {
  const [, script, rest = ''] = /^npm run (\S+)(?: -- (.+))?$/.exec(command)!
  const [, program] = /^node (\S+\.ts)$/.exec(scripts[script])!
  return { program, args: rest.split(' ').filter(Boolean).map(inRoot) }
}
const inRoot = (arg: string) => arg.replace(/^runs(?=\/)/, root)

function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' })
  expect(status, `${program} ${args.join(' ')}: ${stderr}`).toBe(0)
  return stdout
}

const COMMANDS = RERUN_COMMANDS.map(({ command }) => command)

/** The help texts, by program and subcommand: reading one takes a second. */
const helps = new Map<string, string>()

test.each(COMMANDS)('%s is an npm script with options that it has', command => {
  const { program, args } = parse(command)
  const asked = [program, ...['search', 'report'].filter(name => args[0] === name), '--help']
  const help = helps.get(asked.join(' ')) ?? run(asked[0], ...asked.slice(1))
  helps.set(asked.join(' '), help)
  for (const option of args.filter(arg => arg.startsWith('--')))
    expect(help).toMatch(new RegExp(`${option}\\b`))
})

test.each(COMMANDS.filter(command => command.includes(' replicate ')))(
  '%s names a committed result',
  command => {
    const { args } = parse(command)
    const fold = args.includes('--fold') ? Number(args[args.indexOf('--fold') + 1]) : 0
    expect(existsSync(resultPath(RESULTS_FOLDER, runName(args[0], fold, 1)))).toBe(true)
  },
)

test.each(COMMANDS.filter(command => / sweep -- (replication|variants) .*results$/.test(command)))(
  '%s would train every run, though the results of all are committed',
  command => {
    const { program, args } = parse(command)
    const last = run(program, ...args, '--out', join(root, 'none'), '--dry-run')
      .trim()
      .split('\n')
      .at(-1)!
    const [, left, all] = /^(\d+) of (\d+) runs to do, about /.exec(last)!
    expect(Number(all)).toBeGreaterThan(10)
    expect(left).toBe(all)
  },
)

const writes = (word: string) => parse(COMMANDS.find(command => command.includes(word))!)

test.runIf(process.env.LATENT_EDGE_DATA)(
  'what variants trains by the protocol is found by the commands of its tables and of all frames',
  () => {
    const train = writes('sweep -- variants')
    const some = ['--only', 'frey-ae-l1-z2-mse-paper', '--folds', '0,3', '--epochs', '1']
    run(train.program, ...train.args, ...some, '--out', join(root, 'sweeps', 'variants'))
    const tables = writes('sweep -- report')
    expect(run(tables.program, ...tables.args)).toContain('frey-ae-l1-z2-mse-paper')
    const measure = writes('all-frames')
    run(measure.program, ...measure.args)
    const [measured] = measure.args.slice(-1)
    const figures = AllFrames.array().parse(JSON.parse(readFileSync(measured, 'utf8')))
    expect(figures.map(({ name, fold }) => [name, fold])).toEqual([
      ['frey-ae-l1-z2-mse-paper', 0],
      ['frey-ae-l1-z2-mse-paper', 3],
    ])
    const before = readFileSync(measured, 'utf8')
    run(measure.program, ...measure.args)
    expect(readFileSync(measured, 'utf8')).toBe(before)
  },
)

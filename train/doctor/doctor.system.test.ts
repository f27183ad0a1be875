import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { type Diagnosis, tryEngine } from './doctor.ts'
import { formatDiagnosis } from './format-diagnosis.ts'

test('the doctor tests every engine and device and looks for every data set', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'doctor-'))
  const env = { ...process.env, LATENT_EDGE_DATA: '', XDG_CACHE_HOME: empty }
  const cli = fileURLToPath(new URL('../fit/cli.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [cli, 'doctor', '--json'], { env })
  await rm(empty, { recursive: true })
  const diagnosis: Diagnosis = JSON.parse(stdout)

  const { machine, engines, data } = diagnosis
  expect(machine.node).toBe(process.versions.node)
  expect(machine.memory.total).toBeGreaterThan(machine.memory.free)
  expect(machine.disk.free).toBeGreaterThan(0)
  expect(engines.map(({ engine, device }) => `${engine} ${device}`)).toEqual([
    'onnx cpu',
    'onnx webgpu',
    'onnx cuda',
    'tfjs cpu',
    'tfjs cuda',
  ])
  expect(engines[0]).toMatchObject({ works: true, computedBy: 'cpu', largestDifference: 0 })
  expect(engines[3].works && engines[3].largestDifference).toBeLessThan(1e-5)
  expect(data.map(({ name, found }) => [name, found])).toEqual([
    ['mnist', true],
    ['fashion-mnist', false],
    ['freyface', false],
  ])

  const lines = formatDiagnosis(diagnosis).split('\n')
  const commands = engines.flatMap(tried =>
    tried.works ? (tried.note?.command ?? []) : (tried.command ?? []),
  )
  expect(commands.length).toBeGreaterThan(0)
  for (const command of commands) expect(lines).toContain(`      ${command}`)
  const wide = lines.filter(line => line.length > 80 && !commands.includes(line.trim()))
  expect(wide).toEqual([])
  expect(lines.filter(line => line.startsWith('  ✗ ')).length).toBe(
    [...engines.map(({ works }) => works), ...data.map(({ found }) => found)].filter(good => !good).length,
  )
})

test('tryEngine reports an engine that ends its process', async () => {
  // A heap too small for the modules makes V8 abort as a driver does.
  const env = { ...process.env, NODE_OPTIONS: '--max-old-space-size=8' }
  expect(await tryEngine({ engine: 'onnx', device: 'cpu' }, env)).toEqual({
    engine: 'onnx',
    device: 'cpu',
    works: false,
    why: expect.stringMatching(/^the process that tried it ended with SIGABRT: FATAL ERROR: .*heap/),
    advice: 'for its full output, run',
    command: 'node train/doctor/probe.ts onnx cpu',
  })
})

/** An environment in which the process runs a script before its own. */
function running(script: string): NodeJS.ProcessEnv {
  return { ...process.env, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` }
}

test('tryEngine finds the result among lines that a library prints, and reports where there is none', async () => {
  const choice = { engine: 'onnx', device: 'cpu' } as const
  const chatty = "console.log('a library'); process.on('exit', () => console.log('says bye'))"
  expect(await tryEngine(choice, running(chatty))).toMatchObject({ works: true, computedBy: 'cpu' })
  expect(await tryEngine(choice, running('process.exit(0)'))).toMatchObject({
    works: false,
    why: 'the process that tried it printed no result',
  })
  expect(await tryEngine(choice, running("console.log('x'.repeat(2e6))"))).toMatchObject({
    works: false,
    why: 'the process that tried it printed over 1 MB',
  })
})

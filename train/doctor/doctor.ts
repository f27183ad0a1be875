import { type ExecFileException, execFile } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { known } from '../data/known/known-datasets.ts'
import { findKnown } from '../data/known/known-files.ts'
import { PLAIN_COST } from '../engines/tfjs-backend.ts'
import type { Configuration } from '../step/configuration.ts'
import { describeMachine, type Machine } from './machine.ts'
import type { Probed } from './probe.ts'

type Choice = Pick<Configuration, 'engine' | 'device'>

/** The result of a self-test of an engine on a device. */
export type EngineTest = Choice & Probed & { note?: typeof PLAIN_COST }

/** Whether a known data set's files were found as published; if not, the reason and how to get them. */
export type DataFound = { name: string } & ({ found: true; folder: string } | { found: false; why: string })

/** The engines, devices and data sets with which this machine can train. */
export interface Diagnosis {
  machine: Machine
  engines: EngineTest[]
  data: DataFound[]
}

const CHOICES: Choice[] = [
  { engine: 'onnx', device: 'cpu' },
  { engine: 'onnx', device: 'webgpu' },
  { engine: 'onnx', device: 'cuda' },
  { engine: 'tfjs', device: 'cpu' },
  { engine: 'tfjs', device: 'cuda' },
]

/** Largest relative difference from the CPU that a working device may show; the order of float32 sums gives 1e-6. */
const TOLERANCE = 1e-3
const SECONDS = 120

/**
 * Tests what this machine can train with: takes a few steps on every engine and device, each in its own process, and
 * reads the known data sets completely.
 *
 * @param options.dataDir a folder that may have the data sets
 * @param options.env environment of the test processes
 */
export async function diagnose(
  options: { dataDir?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Diagnosis> {
  const [machine, engines, data] = await Promise.all([
    describeMachine(),
    Promise.all(CHOICES.map(choice => tryEngine(choice, options.env))),
    Promise.all(known.map(set => findData(set, options.dataDir))),
  ])
  return { machine, engines, data }
}

/** Tests an engine on a device in its own process. Never throws: a failure is part of the result. */
export async function tryEngine(choice: Choice, env = process.env): Promise<EngineTest> {
  const { engine, device } = choice
  const probed = await runProbe([engine, device], env)
  if (!probed.works) return { ...choice, ...probed }
  if (!(probed.largestDifference <= TOLERANCE)) {
    const off = probed.largestDifference.toExponential(0)
    const why = `its results are wrong: after a few steps they differ from the CPU's by ${off} (relative)`
    return { ...choice, works: false, why, advice: 'update the driver, and do not train on it' }
  }
  const plain = engine === 'tfjs' && probed.computedBy === 'cpu'
  return { ...choice, ...probed, ...(plain && { note: PLAIN_COST }) }
}

function runProbe(args: string[], env: NodeJS.ProcessEnv): Promise<Probed> {
  const file = fileURLToPath(new URL('probe.ts', import.meta.url))
  const options = { env, timeout: SECONDS * 1000, killSignal: 'SIGKILL' } as const
  return new Promise(resolve => {
    execFile(process.execPath, [file, ...args], options, (error, stdout, stderr) => {
      // Native libraries may print lines of their own.
      const result = stdout.split('\n').find(line => line.startsWith('{"works":'))
      if (!error && result) return resolve(JSON.parse(result))
      const why = describeEnd(error)
      const lines = stderr.trim().split('\n')
      const said = lines.find(line => /error|fatal|terminate/i.test(line)) ?? lines[0]
      resolve({
        works: false,
        why: said ? `${why}: ${said.trim()}` : why,
        advice:
          args[1] === 'cpu' ? 'for its full output, run' : 'update its driver; for its full output, run',
        command: `node train/doctor/probe.ts ${args.join(' ')}`,
      })
    })
  })
}

/** How a process ended that gave no result. */
function describeEnd(error: ExecFileException | null): string {
  if (!error) return 'the process that tried it printed no result'
  // Node also kills a process that prints more than `execFile` takes.
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return 'the process that tried it printed over 1 MB'
  if (error.killed) return `no answer in ${SECONDS} s`
  return `the process that tried it ended with ${error.signal ?? `exit code ${error.code}`}`
}

async function findData(set: (typeof known)[number], dataDir?: string): Promise<DataFound> {
  const { name, files } = set
  try {
    const found = await Promise.all(files.map(file => findKnown(set, file, dataDir)))
    return { name, found: true, folder: dirname(found[0].path) }
  } catch (error) {
    return { name, found: false, why: (error as Error).message.replace(`${name}: `, '') }
  }
}

/**
 * Tests an engine on a device and prints the result as a line of JSON. It is a separate program because a broken driver
 * can end the process. `node train/doctor/probe.ts onnx webgpu`
 */

import { largestDifference, runSelfTest, SELF_TEST_TASKS, selfTestSteps } from '../engines/self-test.ts'
import { UnavailableError } from '../engines/unavailable.ts'
import { Configuration } from '../step/configuration.ts'

/** The result that a probe prints. */
export type Probed =
  | {
      works: true
      /** `Engine.device`. */
      computedBy: string
      /** The greatest relative difference from the onnx engine on the CPU, after a few steps of small models. */
      largestDifference: number
    }
  | { works: false; why: string; advice?: string; command?: string }

/** More than the losses that stepwise engines keep on the device (`HISTORY`). */
const STEPS = 70
const BATCH = 4

async function probe(engine: string, device: string): Promise<Probed> {
  const { shape } = Configuration
  const choice = { engine: shape.engine.parse(engine), device: shape.device.parse(device), threads: 1 }
  let worst = 0
  let computedBy = ''
  for (const task of SELF_TEST_TASKS) {
    const steps = selfTestSteps(task, STEPS, BATCH)
    const outcome = await runSelfTest(task, choice, steps)
    const reference = await runSelfTest(task, { engine: 'onnx', device: 'cpu', threads: 1 }, steps)
    worst = Math.max(worst, largestDifference(outcome, reference))
    computedBy = outcome.device
  }
  return { works: true, computedBy, largestDifference: worst }
}

function refused(error: unknown): Probed {
  if (!(error instanceof UnavailableError)) return { works: false, why: (error as Error).message }
  const { why, advice, command } = error
  return { works: false, why, advice, command }
}

const [engine, device] = process.argv.slice(2)
console.log(JSON.stringify(await probe(engine, device).catch(refused)))

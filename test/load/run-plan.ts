import { writeFile } from 'node:fs/promises'
import { stopOnSignals } from '../../export/command/stop-signals.ts'
import type { Target } from './client/target.ts'
import { runDistributed } from './generate/coordinator.ts'
import { startLocalAgents } from './generate/local-agents.ts'
import type { LoadPlan } from './generate/make-result.ts'
import { runLoad } from './generate/run.ts'
import { createProgressDisplay } from './report/progress-display.ts'
import { formatHdrLog } from './result/hdr-log.ts'
import type { Records } from './result/records.ts'
import type { LoadResult } from './result/result.ts'

/** A load, and the generators that make it. */
export interface RunPlan extends LoadPlan {
  target: Target
  /** Processes of this machine. */
  generators: number
  /** URLs of agents, separated by commas, instead of generators of this machine. */
  agents?: string
  /** What the agents ask for. */
  token?: string
  /** A host that is not this machine and that may be loaded. */
  iAmAllowedToLoad?: string
  /** A file for an HdrHistogram log. */
  hlog?: string
}

/** Runs the load from this process, from several of this machine, or from agents. */
export async function runPlan(plan: RunPlan): Promise<LoadResult> {
  const common = {
    ...plan,
    signal: stopOnSignals(() => console.error('\nending early; Ctrl-C again to leave without a result')),
    onFirstReplies: reportFaults,
    onRecords: (records: Records, started: Date) => {
      if (plan.hlog) hlog = formatHdrLog(records, started)
    },
  }
  let hlog: string | undefined
  const result = await runWith(plan, common)
  if (plan.hlog && hlog !== undefined) await writeFile(plan.hlog, hlog)
  return result
}

async function runWith(plan: RunPlan, common: Parameters<typeof runLoad>[0]): Promise<LoadResult> {
  const display = createProgressDisplay()
  if (plan.agents) {
    const agents = plan.agents.split(',').map(url => url.trim().replace(/\/$/, ''))
    return runDistributed({ ...common, agents, token: plan.token, onStates: display.showStates })
  }
  if (plan.generators === 1) return runLoad({ ...common, onSecond: display.showSecond })
  const local = await startLocalAgents(plan.generators, plan.iAmAllowedToLoad)
  try {
    return await runDistributed({ ...common, agents: local.urls, onStates: display.showStates })
  } finally {
    local.close()
  }
}

function reportFaults(faults: readonly string[]): void {
  if (faults.length > 0) console.error(`First replies that are not as expected:\n  ${faults.join('\n  ')}`)
}

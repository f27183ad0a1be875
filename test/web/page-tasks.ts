import type { CDPSession, Page } from 'playwright-core'

/** A task of the page's main thread, in milliseconds. */
export interface PageTask {
  /** When it began, since the first task that was recorded. */
  start: number
  /** By the clock on the wall: what a visitor waits, other programs' share of the processor included. */
  wall: number
  /** Of the processor, for this task alone. */
  cpu: number
  /** By the clock on the wall, in each kind of work, without what was done within it. */
  parts: Map<string, number>
}

/** An event of Chromium's trace. Times are in microseconds. */
interface TraceEvent {
  name: string
  ph: string
  pid: number
  tid: number
  ts: number
  dur?: number
  /** Duration in the thread's own processor time. */
  tdur?: number
  args?: { name?: string; data?: { functionName?: string; url?: string; lineNumber?: number } }
}

/** Records the tasks of a page's main thread with Chromium's tracing until they are asked for. */
export async function recordTasks(page: Page): Promise<() => Promise<PageTask[]>> {
  const session = await page.context().newCDPSession(page)
  const events: TraceEvent[] = []
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])))
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'devtools.timeline'] },
  })
  return async () => {
    await endTrace(session)
    await session.detach()
    return tasksOf(events)
  }
}

async function endTrace(session: CDPSession): Promise<void> {
  const ended = new Promise<void>(resolve => session.once('Tracing.tracingComplete', () => resolve()))
  await session.send('Tracing.end')
  await ended
}

function tasksOf(events: readonly TraceEvent[]): PageTask[] {
  const mains = events.filter(
    ({ ph, name, args }) => ph === 'M' && name === 'thread_name' && args?.name === 'CrRendererMain',
  )
  const ofMain = events
    .filter(({ ph, pid, tid }) => ph === 'X' && mains.some(main => main.pid === pid && main.tid === tid))
    .sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0))
  const tasks: PageTask[] = []
  /** Events that the current one lies in, the task itself first. */
  let around: { part: string; end: number }[] = []
  for (const event of ofMain) {
    const { ts, dur = 0, tdur = 0, name } = event
    around = around.filter(({ end }) => end > ts)
    const parent = around.at(-1)
    if (!parent) {
      if (!name.endsWith('RunTask')) continue
      tasks.push({ start: (ts - ofMain[0].ts) / 1000, wall: dur / 1000, cpu: tdur / 1000, parts: new Map() })
    }
    const { parts } = tasks[tasks.length - 1]
    const part = partOf(event)
    parts.set(part, (parts.get(part) ?? 0) + dur / 1000)
    if (parent) parts.set(parent.part, (parts.get(parent.part) ?? 0) - dur / 1000)
    around.push({ part, end: ts + dur })
  }
  return tasks
}

/** The kind of work that an event stands for; of a function its name and place. */
function partOf({ name, args }: TraceEvent): string {
  const { functionName, url, lineNumber } = args?.data ?? {}
  return name === 'FunctionCall'
    ? `${functionName || 'a function'} (${url?.split('/').at(-1)}:${lineNumber})`
    : name
}
